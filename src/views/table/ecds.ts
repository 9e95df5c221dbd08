import type {Column, Table} from './column.js'
import {type Json, object, text} from './field.js'
import {goSort} from './go-sort.js'

export interface EcdsRow {
  name: string
  type: string
}

const columns: readonly Column<EcdsRow>[] = [
  {title: 'ECDS NAME', cell: ({name}) => name},
  {title: 'TYPE', cell: ({type}) => type},
]

/** Extension configurations (`ecds_filters[].ecds_filter`) by type and name. */
export function ecdsTable(filters: readonly Json[]): Table<EcdsRow> {
  const rows = filters.map((filter) => ({
    name: text(filter, 'name') ?? '',
    type: (text(object(filter, 'typed_config'), '@type') ?? '').replace(/^type\.googleapis\.com\//, ''),
  }))
  goSort(rows, (a, b) => (a.type === b.type ? a.name < b.name : a.type < b.type))
  return {columns, rows}
}
