import type {Column, Table} from './column.js'
import {type Json, object, objects, text} from './field.js'
import {goSort} from './go-sort.js'

export interface EcdsRow {
  name: string
  type: string
}

const columns: readonly Column<EcdsRow>[] = [
  {title: 'ECDS NAME', cell: ({name}) => name},
  {title: 'TYPE', cell: ({type}) => type},
]

/** All sections as one: Envoy writes one for HTTP and one for network filters. */
export function mergeEcds(sections: readonly Json[]): Json {
  const filters = sections.flatMap((section) => objects(section, 'ecds_filters'))
  return {...sections[0], ...(filters.length > 0 && {ecds_filters: filters})}
}

/** Extension configurations by type and name. */
export function ecdsTable(merged: Json): Table<EcdsRow> {
  const rows = objects(merged, 'ecds_filters').map((entry) => {
    const filter = object(entry, 'ecds_filter')
    const type = text(object(filter, 'typed_config'), '@type') ?? ''
    return {name: text(filter, 'name') ?? '', type: type.replace(/^type\.googleapis\.com\//, '')}
  })
  goSort(rows, (a, b) => (a.type === b.type ? a.name < b.name : a.type < b.type))
  return {columns, rows}
}
