import {type CertificateFacts, isValidAt} from '../certificate.js'
import {type Column, stateMark, type Table} from '../column.js'
import {type Json, objects, text} from '../field.js'
import {certificatesOf} from '../secret.js'
import {rejection} from './rejected.js'

export interface WideSecretRow {
  name: string
  /** ACTIVE, WARMING, STATIC; REJECTED where Envoy did not take an update. */
  state: string
  /** Why it was rejected; empty for other states. */
  error: string
  /** Null for a secret without a certificate that can be read, and for a rejected update. */
  certificate: CertificateFacts | null
}

const lists = [
  ['static_secrets', 'STATIC'],
  ['dynamic_warming_secrets', 'WARMING'],
  ['dynamic_active_secrets', 'ACTIVE'],
] as const

const columns = (now: Date): readonly Column<WideSecretRow>[] => [
  {title: 'RESOURCE NAME', cell: ({name}) => name},
  {title: 'TYPE', cell: ({certificate}) => certificate?.type || '-'},
  {
    title: 'STATE',
    cell: ({state, error}) => (error === '' ? state : `${state}: ${error}`),
    mark: ({state}) => stateMark(state),
  },
  {
    title: 'VALID',
    cell: ({certificate}) => (certificate === null ? '-' : String(isValidAt(certificate, now))),
    mark: ({certificate}) => (certificate === null ? null : stateMark(String(isValidAt(certificate, now)))),
  },
  {title: 'NOT BEFORE', cell: ({certificate}) => certificate?.notBefore || '-'},
  {title: 'NOT AFTER', cell: ({certificate}) => certificate?.notAfter || '-'},
  {title: 'NAMES', cell: ({certificate}) => certificate?.names.join(', ') || '-'},
  {title: 'SUBJECT', cell: ({certificate}) => certificate?.subject || '-'},
  {title: 'ISSUER', cell: ({certificate}) => certificate?.issuer || '-'},
  {title: 'SERIAL NUMBER', cell: ({certificate}) => certificate?.serialNumber || '-'},
]

/** The secrets of a SecretsConfigDump in all states, with whom their certificates name. */
export function wideSecretTable(section: Json, now: Date): Table<WideSecretRow> {
  const rows = lists.flatMap(([list, state]) => objects(section, list).flatMap((entry) => rowsOf(entry, state)))
  return {columns: columns(now), rows}
}

function rowsOf(entry: Json, state: string): WideSecretRow[] {
  const name = text(entry, 'name') ?? ''
  const certificates = certificatesOf(entry)
  const found = (certificates.length === 0 ? [null] : certificates).map((certificate) => ({
    name,
    state,
    error: '',
    certificate,
  }))
  const rejected = rejection(entry, 'name', name)
  return rejected === null ? found : [...found, {name, state: 'REJECTED', error: rejected.details, certificate: null}]
}
