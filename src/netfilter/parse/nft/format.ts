import {isObject, list, onlyMember} from './field.js'
import {formatJson} from './read-expression.js'

/** The statements of a rule in nft's own notation, for people: not meant to be read again. */
export const formatStatements = (expressions: readonly unknown[]): string =>
  expressions
    .map(formatStatement)
    .filter((words) => words !== '')
    .join(' ')

function formatStatement(value: unknown): string {
  const member = onlyMember(value)
  if (member === null) return String(value)
  const [name, inner] = member
  if (!isObject(inner)) return name === 'unmodelled' ? String(inner) : name
  switch (name) {
    case 'match': {
      const operator = inner['op'] === '==' || inner['op'] === 'in' ? '' : `${String(inner['op'])} `
      return `${formatJson(inner['left'])} ${operator}${formatJson(inner['right'])}`
    }
    case 'counter':
      return 'counter'
    case 'jump':
    case 'goto':
      return `${name} ${String(inner['target'])}`
    case 'mangle':
      return `${formatJson(inner['key'])} set ${formatJson(inner['value'])}`
    case 'vmap':
      return `${formatJson(inner['key'])} vmap ${formatVerdicts(inner['data'])}`
    case 'redirect':
    case 'masquerade':
    case 'dnat':
    case 'snat':
    case 'tproxy':
      return formatNat(name, inner)
    case 'xt':
      return `xt ${String(inner['type'])} ${String(inner['name'])}`
    case 'reject':
      return `reject with ${[inner['type'], inner['expr']].filter(Boolean).join(' ')}`
    default:
      return `${name} ${Object.entries(inner)
        .map(([key, entry]) => `${key} ${formatJson(entry)}`)
        .join(' ')}`
  }
}

function formatNat(name: string, inner: Readonly<Record<string, unknown>>): string {
  const address = inner['addr'] === undefined ? '' : formatJson(inner['addr'])
  const port = inner['port'] === undefined ? '' : `:${formatJson(inner['port'])}`
  const to =
    address === '' && port === '' ? '' : ` to ${address.includes(':') && port !== '' ? `[${address}]` : address}${port}`
  const family = inner['family'] === undefined ? '' : ` ${String(inner['family'])}`
  return `${name}${family}${to}${list(inner['flags'])
    .map((flag) => ` ${String(flag)}`)
    .join('')}`
}

function formatVerdicts(data: unknown): string {
  if (typeof data === 'string') return data
  const members = isObject(data) ? list(data['set']) : []
  return `{ ${members
    .map((member) =>
      list(member)
        .map((part, i) => (i === 0 ? formatJson(part) : formatStatement(part)))
        .join(' : '),
    )
    .join(', ')} }`
}
