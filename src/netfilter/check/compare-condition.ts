import {matchCompare} from '../evaluate/compare.js'
import {nfproto, stateBits} from '../evaluate/expression-value.js'
import type {Expression, SetElement, Value} from '../expression.js'
import {transportHeaders} from '../protocols.js'
import type {Table} from '../ruleset.js'
import type {Match} from '../statement.js'
import type {Box, Dimension} from './box.js'
import {
  always,
  askingNobody,
  type Condition,
  exactly,
  exactlySet,
  never,
  numbersThat,
  openCondition,
} from './condition.js'
import {allOwners, allPorts, type HeaderSpace, states, withPorts} from './header-space.js'
import {elementsOf, markMask} from './landmarks.js'
import {intersectSets, type NumberSet, numberSet, single, subtractSets} from './number-set.js'

type Comparison = Extract<Match, {kind: 'compare'}>

/** When a comparison of nftables holds. What it cannot load breaks the rule, `!=` too. */
export function compareCondition(match: Comparison, space: HeaderSpace, table: Table): Condition {
  const elements = elementsOf(match, table)
  if (elements === null) return openCondition(nameOf(match.left))
  const asked: Asked = {match, space, elements, holds: (value) => compareConstant(match, value, table)}
  const {left} = match
  if (left.kind === 'meta') return metaCondition(left.key, asked)
  if (left.kind === 'payload') return payloadCondition(left.protocol, left.field, asked)
  if (left.kind === 'ct' && left.key === 'state')
    return exactlySet(
      'state',
      numbersThat(states.length, (i) => asked.holds(stateBits[states[i] ?? ''] ?? 0)),
    )
  if (markMask(left) !== null) return markCondition(asked)
  return openCondition(nameOf(left))
}

interface Asked {
  match: Comparison
  space: HeaderSpace
  elements: readonly SetElement[]
  /** Whether the comparison holds for a value, as the evaluator has it. */
  holds: (value: Value) => boolean
}

/** The evaluator's own comparison, with a constant in place of what it loads. */
function compareConstant(match: Comparison, value: Value, table: Table): boolean {
  const left = withConstant(match.left, value)
  return matchCompare({...match, left}, askingNobody, (name) => table.sets.find((set) => set.name === name)) === true
}

const withConstant = (left: Expression, value: Value): Expression =>
  left.kind === 'binary' ? {...left, left: withConstant(left.left, value)} : {kind: 'constant', value}

function nameOf(left: Expression): string {
  if (left.kind === 'meta') return `meta ${left.key}`
  if (left.kind === 'ct') return `ct ${left.key}`
  if (left.kind === 'payload') return `${left.protocol} ${left.field}`
  return left.kind === 'unmodelled' ? left.text : `an expression (${left.kind})`
}

function metaCondition(key: string, asked: Asked): Condition {
  const {space, holds} = asked
  switch (key) {
    case 'l4proto':
      return within('protocol', space.full.protocol, asked, {})
    case 'nfproto':
      return holds(nfproto[space.version]) ? always : never
    case 'protocol':
      return holds(space.version === 4 ? 'ip' : 'ip6') ? always : never
    case 'iifname':
    case 'oifname':
      return exactlySet(
        key === 'iifname' ? 'in' : 'out',
        numbersThat(space.interfaces.length, (i) => holds(space.interfaces[i] ?? '')),
      )
    case 'mark':
      return markCondition(asked)
    case 'skuid':
    case 'skgid':
      return within(key === 'skuid' ? 'uid' : 'gid', allOwners, asked, {})
    case 'random':
      return openCondition('meta random', true)
    default:
      return openCondition(`meta ${key}`)
  }
}

function payloadCondition(header: string, field: string, asked: Asked): Condition {
  const {space} = asked
  if (header === 'ip' || header === 'ip6') {
    if (space.version !== (header === 'ip' ? 4 : 6)) return never
    if (field === 'saddr' || field === 'daddr') return addressCondition(field === 'saddr' ? 'src' : 'dst', asked)
    if (field === 'protocol' || field === 'nexthdr') return within('protocol', space.full.protocol, asked, {})
    return openCondition(`${header} ${field}`)
  }
  const isPort = field === 'sport' || field === 'dport'
  if (header === 'th' && isPort) {
    const sure = within(field, allPorts, asked, {})
    const others: Box = {protocol: subtractSets(space.full.protocol, withPorts)}
    return {maybe: [...sure.maybe, others], sure: sure.sure, open: [{text: 'the bytes of a header', varies: false}]}
  }
  const number = transportHeaders[header]
  if (number === undefined) return openCondition(`${header} ${field}`)
  const own: Box = {protocol: single(number)}
  if (isPort) return within(field, allPorts, asked, own)
  if (header === 'tcp' && field === 'flags') return exactly({...own, flags: numbersThat(256, asked.holds)})
  return {...openCondition(`${header} ${field}`), maybe: [own]}
}

/** A number compared with numbers: in `all`, what the operator leaves. */
function within(dimension: Dimension, all: NumberSet, {match, elements}: Asked, others: Box): Condition {
  const set = comparedSet(match, elements, all)
  if (set === null) return openCondition(nameOf(match.left))
  return set.length === 0 ? never : exactly({...others, [dimension]: set})
}

function comparedSet({operator, right}: Comparison, elements: readonly SetElement[], all: NumberSet): NumberSet | null {
  const intervals: [number, number][] = []
  for (const {key} of elements) {
    const [interval, ...more] = key
    if (typeof interval?.low !== 'number' || typeof interval.high !== 'number' || more.length > 0) return null
    intervals.push([interval.low, interval.high])
  }
  const inside = intersectSets(all, numberSet(intervals))
  const [bound] = intervals[0] ?? []
  const isSet = right.kind === 'values' && right.set
  if (operator === '==' || (operator === 'in' && isSet)) return inside
  if (operator === '!=' || (operator === '!' && isSet)) return subtractSets(all, inside)
  if (bound === undefined || operator === 'in' || operator === '!') return null
  const most = Number.MAX_SAFE_INTEGER
  const half: NumberSet =
    operator === '<'
      ? [-1, bound - 1]
      : operator === '<='
        ? [-1, bound]
        : operator === '>'
          ? [bound + 1, most]
          : [bound, most]
  return intersectSets(all, half)
}

function addressCondition(side: 'src' | 'dst', {match, space, elements}: Asked): Condition {
  const ranges: [number, number][] = []
  for (const {key} of elements) {
    const [interval, ...more] = key
    if (typeof interval?.low !== 'bigint' || typeof interval.high !== 'bigint' || more.length > 0)
      return openCondition(nameOf(match.left))
    const [low = 0, high = -1] = space.addresses(interval.low, interval.high)
    ranges.push([low, high])
  }
  const set = numberSet(ranges)
  if (match.operator === '==') return exactlySet(side, set)
  return match.operator === '!='
    ? exactlySet(side, subtractSets(space.full[side], set))
    : openCondition(nameOf(match.left))
}

/** Marks are told apart by single values under one mask; ranges of marks are not. */
function markCondition({match, space, elements, holds}: Asked): Condition {
  const {marks} = space
  const points = elements.every(({key: [interval, ...more]}) => interval?.low === interval?.high && more.length === 0)
  const ordered = /^[<>]/.test(match.operator)
  if (marks === null || !points || ordered) return openCondition("the packet's mark")
  return exactlySet(
    'mark',
    numbersThat(marks.length, (i) => holds(marks[i] ?? 0)),
  )
}
