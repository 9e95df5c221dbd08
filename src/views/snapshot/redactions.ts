import type {Redaction} from '../../snapshot/redact.js'
import {printableLine} from '../printable.js'

/** What was taken out and where, a line each; nothing where there was nothing. */
export function renderRedactions(report: readonly Redaction[]): string {
  if (report.length === 0) return ''
  const lines = report.map(({path, at, kind}) => `  ${printableLine(`${path} ${at} ${kind}`)}\n`)
  return `Redacted ${report.length} ${report.length === 1 ? 'secret' : 'secrets'}:\n${lines.join('')}`
}
