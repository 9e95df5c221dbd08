import {parseIpAddress} from '../../../address/ip-address.js'
import type {Expression} from '../../expression.js'
import type {Action, AddressRange, Match, NatRange, NumberRange, Operator, Statement} from '../../statement.js'
import {isBitmask, typesOf} from './datatype.js'
import {isObject, type Json, list, numeric, onlyMember, text} from './field.js'
import {formatStatements} from './format.js'
import {formatJson, readExpression, readMapElements, readValueSet, setMembers, setName} from './read-expression.js'

const operators: ReadonlySet<string> = new Set<Operator>(['==', '!=', '<', '>', '<=', '>=', 'in', '!'])
const isOperator = (name: string): name is Operator => operators.has(name)

const unmodelledMatch = (value: unknown): Match => ({kind: 'unmodelled', text: formatStatements([value])})

/** One statement of a rule. What is not modelled is kept, as a condition that nobody can decide. */
export function readStatement(value: unknown): Statement {
  if (value === 'notrack' || value === 'accept' || value === 'drop')
    return readAction({[value]: null}) ?? unmodelledMatch(value)
  const member = onlyMember(value)
  if (member === null) return unmodelledMatch(value)
  const [name, inner] = member
  if (name === 'match' && isObject(inner)) return readMatch(inner)
  if (name === 'owner' && isObject(inner)) return readOwner(inner)
  if (name === 'xt' && isObject(inner) && inner['type'] === 'match' && inner['name'] === 'comment')
    return {kind: 'comment', text: ''}
  if (name === 'limit') return readLimit(inner)
  if (name === 'vmap' && isObject(inner)) return readVerdictMap(inner)
  return readAction(value) ?? unmodelledMatch(value)
}

function readMatch(inner: Json): Match {
  const left = readExpression(inner['left'])
  const right = inner['right']
  const written = text(inner['op']) ?? '=='
  const operator = isOperator(written) ? written : '=='
  const routed = left.kind === 'fib' && left.result !== 'type' ? readExistence(right) : null
  if (routed !== null) return existence(left, (operator === '!=') !== routed)
  const types = typesOf(left)
  const set = readValueSet(right, left)
  // A plain name of a type made of bits asks for that bit; in braces it is compared as a whole.
  const plain = set.kind === 'values' && !set.set && left.kind !== 'binary'
  return {
    kind: 'compare',
    left,
    operator: operator === '==' && plain && isBitmask(types[0]) && inner['implicit'] === true ? 'in' : operator,
    right: set,
  }
}

/** `fib saddr . iif oif exists`, `missing`; null: it is compared with a name. */
const readExistence = (right: unknown): boolean | null =>
  right === true || right === 'exists' ? true : right === false || right === 'missing' ? false : null

/** A route that is missing leads to no interface, which has no name. */
const existence = (left: Expression, exists: boolean): Match => ({
  kind: 'compare',
  left,
  operator: exists ? '!=' : '==',
  right: {kind: 'values', elements: [{key: [{low: '', high: ''}], data: null}], set: false, text: '(no route)'},
})

/** `skuid 1337` without `meta`, as nft prints xt_owner: unlike nftables' own, `!=` holds without a socket. */
function readOwner(inner: Json): Match {
  const [low, high] = [numeric(inner['low']), numeric(inner['high'])]
  if (low === null || high === null) return unmodelledMatch({owner: inner})
  const ids = {negated: inner['negated'] === true, of: {low, high}}
  return inner['key'] === 'skgid' ? {kind: 'owner', gid: ids} : {kind: 'owner', uid: ids}
}

function readLimit(inner: unknown): Match {
  if (!isObject(inner)) return {kind: 'limit', negated: false, rate: String(inner)}
  const unit = text(inner['rate_unit'])
  return {
    kind: 'limit',
    negated: inner['inv'] === true,
    rate: `${String(inner['rate'])}${unit ? ` ${unit}` : ''}/${String(inner['per'] ?? 'second')}`,
  }
}

function readVerdictMap(inner: Json): Statement {
  const key = readExpression(inner['key'])
  const name = setName(inner['data'])
  if (name !== null) return {kind: 'vmap', key, elements: {kind: 'named', name}}
  const elements = readMapElements(setMembers(inner['data']), typesOf(key), readAction)
  return elements === null
    ? unmodelledMatch({vmap: inner})
    : {kind: 'vmap', key, elements: {kind: 'elements', elements}}
}

/** An action; null for a statement that is none, or not modelled. */
export function readAction(value: unknown): Action | null {
  const member = onlyMember(value)
  if (member === null) return null
  const [name, inner] = member
  switch (name) {
    case 'counter':
      return {kind: 'counter'}
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      return {kind: 'verdict', verdict: name}
    case 'jump':
    case 'goto': {
      const chain = isObject(inner) ? text(inner['target']) : null
      return chain === null ? null : {kind: name, chain}
    }
    case 'reject':
      return {
        kind: 'reject',
        with: isObject(inner) ? [inner['type'], inner['expr']].filter(Boolean).join(' ') || null : null,
      }
    case 'notrack':
      return {kind: 'notrack'}
    case 'redirect':
      return {kind: 'redirect', range: natRange(inner)}
    case 'masquerade':
      return {kind: 'masquerade', range: natRange(inner)}
    case 'dnat':
    case 'snat':
      return readNat(name === 'dnat' ? 'dst' : 'src', isObject(inner) ? inner : {}, value)
    case 'tproxy':
      return isObject(inner) ? readTproxy(inner) : null
    case 'mangle':
      return isObject(inner) ? readMangle(inner) : null
    case 'log':
    case 'set':
    case 'map':
    case 'quota':
    case 'dup':
    case 'flow':
    case 'ct helper':
    case 'ct timeout':
    case 'ct expectation':
    case 'secmark':
      return {kind: 'aside', text: name === 'log' ? 'log' : JSON.stringify(value)}
    case 'xt':
      return isObject(inner) && inner['type'] === 'target'
        ? {kind: 'unmodelled-action', text: `xt target ${String(inner['name'])}`}
        : null
    case 'unmodelled-action':
      return {kind: 'unmodelled-action', text: String(inner)}
    default:
      return null
  }
}

const familyOf = (value: unknown): 4 | 6 | null => (value === 'ip' ? 4 : value === 'ip6' ? 6 : null)

function natRange(inner: unknown): NatRange {
  const fields: Json = isObject(inner) ? inner : {}
  const flags = list(fields['flags']).map(String)
  return {addresses: null, ports: portRange(fields['port']), random: flags.some((flag) => flag.includes('random'))}
}

function portRange(value: unknown): NumberRange | null {
  const port = numeric(value)
  if (port !== null) return {low: port, high: port}
  if (!isObject(value)) return null
  const [low, high] = list(value['range']).map(numeric)
  return low === undefined || high === undefined || low === null || high === null ? null : {low, high}
}

function addressRange(value: unknown): AddressRange | null {
  const ends = isObject(value) && 'range' in value ? list(value['range']) : [value, value]
  const [low, high] = ends.map((end) => (typeof end === 'string' ? parseIpAddress(end) : null))
  return low && high && low.version === high.version ? {version: low.version, low: low.value, high: high.value} : null
}

function readNat(side: 'src' | 'dst', inner: Json, whole: unknown): Action {
  const {addr, port} = inner
  const family = familyOf(inner['family'])
  const addresses = addr === undefined ? null : addressRange(addr)
  if (addr === undefined || addresses !== null) {
    const range = natRange(inner)
    if (port === undefined || range.ports !== null)
      return {kind: 'nat', side, range: {...range, addresses}, family: family ?? addresses?.version ?? null}
  }
  const address: Expression = readExpression(addr, 'ipv4_addr')
  const portExpression: Expression | null = port === undefined ? null : readExpression(port, 'inet_service')
  if (address.kind === 'unmodelled') return {kind: 'unmodelled-action', text: JSON.stringify(whole)}
  return {kind: 'nat-map', side, address, port: portExpression, family}
}

function readTproxy(inner: Json): Action {
  const address = typeof inner['addr'] === 'string' ? parseIpAddress(inner['addr']) : null
  return {
    kind: 'tproxy',
    dialect: 'nft',
    address,
    port: numeric(inner['port']),
    mark: 0,
    mask: 0,
    family: familyOf(inner['family']),
  }
}

function readMangle(inner: Json): Action {
  const key = readExpression(inner['key'])
  const [type = 'unknown'] = typesOf(key)
  const value = readExpression(inner['value'], type)
  return value.kind === 'unmodelled' && !(key.kind === 'meta' && key.key === 'nftrace')
    ? {kind: 'mangle', key, value: {kind: 'unmodelled', text: formatJson(inner['value'])}}
    : {kind: 'mangle', key, value}
}
