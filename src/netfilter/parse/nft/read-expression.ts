import {parseNetwork} from '../../../address/network.js'
import type {Expression, Interval, SetElement, Value, ValueSet} from '../../expression.js'
import type {Action} from '../../statement.js'
import {type Datatype, readConstant, typesOf} from './datatype.js'
import {isObject, type Json, list, numeric, onlyMember, text} from './field.js'

const unmodelled = (value: unknown): Expression => ({kind: 'unmodelled', text: JSON.stringify(value)})

const operators: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>'])
const isOperator = (name: string): name is '&' | '|' | '^' | '<<' | '>>' => operators.has(name)

/** An expression of libnftables' JSON. What is not modelled is kept. */
export function readExpression(value: unknown, type: Datatype = 'unknown'): Expression {
  if (typeof value === 'string' || typeof value === 'number') return constant(value, type)
  const member = onlyMember(value)
  if (member === null) return unmodelled(value)
  const [name, inner] = member
  if (isOperator(name)) return readBinary(name, list(inner), value)
  if (name === 'concat') return {kind: 'concat', parts: list(inner).map((part) => readExpression(part))}
  return isObject(inner) ? readNamed(name, inner, value) : unmodelled(value)
}

function constant(value: string | number, type: Datatype): Expression {
  const read = readConstant(value, type)
  return read === null ? unmodelled(value) : {kind: 'constant', value: read}
}

function readNamed(name: string, inner: Json, whole: unknown): Expression {
  const key = text(inner['key'])
  switch (name) {
    case 'meta':
      return key === null ? unmodelled(whole) : {kind: 'meta', key}
    case 'ct': {
      const direction = inner['dir'] === 'reply' ? 'reply' : inner['dir'] === 'original' ? 'original' : null
      return key === null ? unmodelled(whole) : {kind: 'ct', key, direction}
    }
    case 'payload': {
      const [protocol, field] = [text(inner['protocol']), text(inner['field'])]
      // nft reads the second pair of bytes of an ICMP header as its checksum; `th dport` is what was written.
      if (/^icmp(v6)?$/.test(protocol ?? '') && field === 'checksum')
        return {kind: 'payload', protocol: 'th', field: 'dport'}
      return protocol === null || field === null ? unmodelled(whole) : {kind: 'payload', protocol, field}
    }
    case 'fib':
      return {kind: 'fib', result: text(inner['result']) ?? '', flags: list(inner['flags']).map(String)}
    case 'numgen':
      return readNumgen(inner, whole)
    case 'map':
      return readMap(inner)
    default:
      return unmodelled(whole)
  }
}

function readNumgen(inner: Json, whole: unknown): Expression {
  const modulus = numeric(inner['mod'])
  if (modulus === null || modulus < 1) return unmodelled(whole)
  return {
    kind: 'numgen',
    mode: inner['mode'] === 'inc' ? 'inc' : 'random',
    modulus,
    offset: numeric(inner['offset']) ?? 0,
  }
}

function readMap(inner: Json): Expression {
  const key = readExpression(inner['key'])
  const name = setName(inner['data'])
  if (name !== null) return {kind: 'map', key, elements: {kind: 'named', name}}
  const elements = readMapElements(setMembers(inner['data']), typesOf(key))
  return elements === null ? unmodelled({map: inner}) : {kind: 'map', key, elements: {kind: 'elements', elements}}
}

function readBinary(
  operator: '&' | '|' | '^' | '<<' | '>>',
  [left, ...rights]: readonly unknown[],
  whole: unknown,
): Expression {
  const first = readExpression(left)
  const [type = 'unknown'] = typesOf(first)
  const [right] = rights
  if (right === undefined) return unmodelled(whole)
  const bits = Array.isArray(right) || (isObject(right) && '|' in right) ? bitsOf(right, type) : null
  const second: Expression = bits === null ? readExpression(right, type) : {kind: 'constant', value: bits}
  return {kind: 'binary', operator, left: first, right: second}
}

/** The bits of a list of flags, or of flags joined with `|`. */
function bitsOf(value: unknown, type: Datatype): number | null {
  const parts = isObject(value) ? list(value['|']) : list(value)
  let sum = 0
  for (const part of parts) {
    const bit = isObject(part)
      ? bitsOf(part, type)
      : typeof part === 'string' || typeof part === 'number'
        ? readConstant(part, type)
        : null
    if (typeof bit !== 'number') return null
    sum |= bit
  }
  return sum
}

/** `@name` */
export const setName = (value: unknown): string | null => {
  const name = text(value)
  return name?.startsWith('@') ? name.slice(1) : null
}

export const setMembers = (value: unknown): readonly unknown[] =>
  isObject(value) && 'set' in value ? list(value['set']) : list(value)

/** The right side of a comparison. */
export function readValueSet(value: unknown, left: Expression): ValueSet {
  const name = setName(value)
  if (name !== null) return {kind: 'named', name}
  const types = typesOf(left)
  const isSet = isObject(value) && 'set' in value
  const expression = onlyMember(value)?.[0] ?? ''
  if (/^(meta|ct|payload)$/.test(expression))
    return {kind: 'expression', expression: readExpression(value), text: formatJson(value)}
  const members = isSet || !Array.isArray(value) ? setMembers(value) : value
  const elements: SetElement[] = []
  for (const member of members) {
    const key = readKey(member, types)
    if (key === null) return {kind: 'unmodelled', text: formatJson(value)}
    elements.push({key, data: null})
  }
  return {kind: 'values', elements, set: isSet, text: formatJson(value)}
}

/** The elements of a named set, or null where one cannot be read. */
export function readElements(members: readonly unknown[], types: readonly Datatype[]): SetElement[] | null {
  const elements: SetElement[] = []
  for (const member of members) {
    const key = readKey(member, types)
    if (key === null) return null
    elements.push({key, data: null})
  }
  return elements
}

/** Elements that stand for values: `[key, data]`. */
export function readMapElements(
  members: readonly unknown[],
  types: readonly Datatype[],
  readAction?: (value: unknown) => Action | null,
): SetElement[] | null {
  const elements: SetElement[] = []
  for (const member of members) {
    const [keyPart, dataPart] = list(member)
    const key = readKey(keyPart, types)
    const data = readAction ? readAction(dataPart) : readData(dataPart)
    if (key === null || data === null) return null
    elements.push({key, data})
  }
  return elements
}

function readData(value: unknown): Value[] | null {
  const parts = isObject(value) && 'concat' in value ? list(value['concat']) : [value]
  const values: Value[] = []
  for (const part of parts) {
    const read = typeof part === 'string' || typeof part === 'number' ? readConstant(part, 'unknown') : null
    if (read === null) return null
    values.push(read)
  }
  return values
}

/** One element's key, an interval for each part. */
function readKey(value: unknown, types: readonly Datatype[]): Interval[] | null {
  if (isObject(value) && isObject(value['elem'])) return readKey(value['elem']['val'], types)
  const parts = isObject(value) && 'concat' in value ? list(value['concat']) : [value]
  const intervals: Interval[] = []
  for (const [i, part] of parts.entries()) {
    const interval = readInterval(part, types[i] ?? 'unknown')
    if (interval === null) return null
    intervals.push(interval)
  }
  return intervals
}

function readInterval(value: unknown, type: Datatype): Interval | null {
  if (typeof value === 'boolean') return {low: value ? 1 : 0, high: value ? 1 : 0}
  if (typeof value === 'string' || typeof value === 'number') {
    if (value === '*') return everything(type)
    const read = readConstant(value, type)
    return read === null ? null : {low: read, high: read}
  }
  if (!isObject(value)) return null
  if (isObject(value['prefix'])) return prefixInterval(value['prefix'])
  if ('|' in value) {
    const bits = bitsOf(value, type)
    return bits === null ? null : {low: bits, high: bits}
  }
  const [low, high] = list(value['range']).map((end) =>
    typeof end === 'string' || typeof end === 'number' ? readConstant(end, type) : null,
  )
  return low === null || high === null || low === undefined || high === undefined ? null : {low, high}
}

/** The element that stands for all that no other holds. */
const everything = (type: Datatype): Interval =>
  type === 'ifname' ? {low: '*', high: '*'} : {low: 0, high: (1n << 128n) - 1n}

function prefixInterval(prefix: Json): Interval | null {
  const network = parseNetwork(`${String(prefix['addr'])}/${String(prefix['len'])}`)
  if (network === null) return null
  const all = network.version === 4 ? 0xffffffffn : (1n << 128n) - 1n
  return {low: network.value, high: network.value | (all ^ network.mask)}
}

/** A value in nft's own notation, for people. */
export function formatJson(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(formatJson).join(',')
  const member = onlyMember(value)
  if (member === null) return ''
  const [name, inner] = member
  if (name === 'set') return `{ ${list(inner).map(formatJson).join(', ')} }`
  if (name === 'range') return list(inner).map(formatJson).join('-')
  if (name === 'concat') return list(inner).map(formatJson).join(' . ')
  if (name === 'prefix' && isObject(inner)) return `${formatJson(inner['addr'])}/${formatJson(inner['len'])}`
  if (name === 'elem' && isObject(inner)) return formatJson(inner['val'])
  if (isOperator(name)) return list(inner).map(formatJson).join(` ${name} `)
  if (isObject(inner))
    return [name === 'payload' ? '' : name, inner['dir'], inner['protocol'], inner['key'] ?? inner['field']]
      .filter((word) => word !== undefined && word !== '')
      .join(' ')
  return name
}
