import {addressBits} from '../../address/ip-address.js'
import type {Network} from '../../address/network.js'
import type {Expression, SetElement} from '../expression.js'
import type {Table} from '../ruleset.js'
import type {Match} from '../statement.js'
import type {MarkCube} from './marks.js'

/** What a table's rules name, by which they tell packets apart. */
export interface Landmarks {
  /** Addresses where a range begins, 0 among them. */
  addresses: Set<bigint>
  /** Names; `eth*` for a prefix. */
  interfaces: Set<string>
  marks: MarkCube[]
}

export function landmarksOf(table: Table, version: 4 | 6): Landmarks {
  const found: Landmarks = {addresses: new Set([0n]), interfaces: new Set(), marks: []}
  for (const {rules} of table.chains)
    for (const {statements} of rules)
      for (const statement of statements) {
        if (statement.kind === 'compare') noteComparison(found, statement, table, version)
        else if (statement.kind === 'address') noteNetwork(found, statement.network, version)
        else if (statement.kind === 'iprange') noteRange(found, statement.range.low, statement.range.high, version)
        else if (statement.kind === 'interface') found.interfaces.add(statement.name + (statement.prefix ? '*' : ''))
        else if (statement.kind === 'mark' && statement.of === 'packet') noteMark(found, statement)
      }
  return found
}

function noteMark(found: Landmarks, {value, mask}: MarkCube): void {
  const known = found.marks.some((cube) => cube.value === value && cube.mask === mask)
  // A value outside its mask never fits, and tells nothing apart.
  if (!known && (value & ~mask) === 0) found.marks.push({value, mask})
}

function noteNetwork(found: Landmarks, network: Network, version: 4 | 6): void {
  if (network.version !== version) return
  for (const [low, high] of networkRanges(network) ?? []) noteRange(found, low, high, version)
}

function noteRange(found: Landmarks, low: bigint, high: bigint, version: 4 | 6): void {
  if (high >> BigInt(addressBits[version]) !== 0n) return
  found.addresses.add(low)
  if (high + 1n < 1n << BigInt(addressBits[version])) found.addresses.add(high + 1n)
}

/** Bits of a mask that stand apart from its end make as many ranges as they have values: up to here they are listed. */
const mostLooseBits = 8

/** The ranges of a network; null where its mask makes too many. */
export function networkRanges({version, value, mask}: Network): [bigint, bigint][] | null {
  const zeros = Array.from({length: addressBits[version]}, (_, i) => BigInt(i)).filter((i) => ((mask >> i) & 1n) === 0n)
  const tail = zeros.findIndex((bit, i) => bit !== BigInt(i))
  const loose = tail < 0 ? [] : zeros.slice(tail)
  if (loose.length > mostLooseBits) return null
  const size = 1n << BigInt(tail < 0 ? zeros.length : tail)
  const starts = loose.reduce<bigint[]>((sums, bit) => sums.flatMap((sum) => [sum, sum | (1n << bit)]), [value])
  return starts.map((start) => [start, start + size - 1n])
}

/** The elements that a comparison names; null where they are not known or may change while packets pass. */
export function elementsOf({right}: Extract<Match, {kind: 'compare'}>, table: Table): readonly SetElement[] | null {
  if (right.kind === 'values') return right.elements
  if (right.kind !== 'named') return null
  const set = table.sets.find(({name}) => name === right.name)
  return set === undefined || set.dynamic ? null : set.elements
}

function noteComparison(
  found: Landmarks,
  match: Extract<Match, {kind: 'compare'}>,
  table: Table,
  version: 4 | 6,
): void {
  const elements = elementsOf(match, table) ?? []
  const {left} = match
  const mask = markMask(left)
  for (const {key} of elements) {
    const [interval] = key
    if (interval === undefined) continue
    const {low, high} = interval
    if (left.kind === 'payload' && typeof low === 'bigint' && typeof high === 'bigint')
      noteRange(found, low, high, version)
    else if (left.kind === 'meta' && /^[io]if(name)?$/.test(left.key) && typeof low === 'string')
      found.interfaces.add(low)
    else if (mask !== null && typeof low === 'number') {
      noteMark(found, {value: low, mask})
      if (match.operator === 'in' || match.operator === '!') noteMark(found, {value: 0, mask: low & mask})
    }
  }
}

/** The bits that `meta mark` or `meta mark & BITS` asks for; null for another expression. */
export function markMask(expression: Expression): number | null {
  if (expression.kind === 'meta' && expression.key === 'mark') return 0xffffffff
  if (expression.kind !== 'binary' || expression.operator !== '&') return null
  const inner = markMask(expression.left)
  const {right} = expression
  return inner === null || right.kind !== 'constant' || typeof right.value !== 'number'
    ? null
    : (inner & right.value) >>> 0
}
