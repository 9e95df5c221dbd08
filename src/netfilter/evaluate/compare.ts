import type {Interval, NamedSet, SetElement, Value, ValueSet} from '../expression.js'
import type {Match, Operator} from '../statement.js'
import {type Loaded, load} from './expression-value.js'
import {assumed, type Finding, undecidable} from './finding.js'
import type {Asking} from './xt-match.js'

/** A set or map of the rule's table by its name. */
export type FindSet = (name: string) => NamedSet | undefined

/** A comparison of nftables: what cannot be loaded breaks the rule, `!=` too. */
export function matchCompare(match: Extract<Match, {kind: 'compare'}>, asking: Asking, findSet: FindSet): Finding {
  const loaded = load(match.left, asking)
  if (loaded.kind === 'absent') return false
  if (loaded.kind === 'undecidable') return undecidable(loaded.about, 'cannot be decided: it is not modelled')
  const elements = elementsOf(match.right, asking, findSet)
  if (elements === null) return undecidable(describeSet(match.right), 'cannot be decided: its content is not known')
  if (loaded.kind === 'unknown')
    return assumed(
      match.operator === '!=' || match.operator === '!',
      loaded.about,
      'is none that the rule names',
      loaded.turn,
    )
  if (loaded.kind === 'chance') return chanceOf(loaded, match.operator, elements)
  const values = loaded.kind === 'concat' ? loaded.values : [loaded.value]
  return compare(values, match.operator, elements, match.right.kind === 'values' && match.right.set)
}

const describeSet = (set: ValueSet): string => (set.kind === 'named' ? `set @${set.name}` : set.text)

function elementsOf(set: ValueSet, asking: Asking, findSet: FindSet): readonly SetElement[] | null {
  if (set.kind === 'values') return set.elements
  if (set.kind === 'named') return findSet(set.name)?.elements ?? null
  if (set.kind === 'unmodelled') return null
  const loaded = load(set.expression, asking)
  if (loaded.kind !== 'value') return null
  return [{key: [{low: loaded.value, high: loaded.value}], data: null}]
}

function compare(
  values: readonly Value[],
  operator: Operator,
  elements: readonly SetElement[],
  isSet: boolean,
): boolean {
  if (operator === '==') return lookUp(values, elements) !== null
  if (operator === '!=') return lookUp(values, elements) === null
  const [left] = values
  if (left === undefined || typeof left === 'string') return false
  const rights = elements.map((element) => element.key[0]?.low)
  if (operator === 'in' || operator === '!') {
    if (isSet) return (lookUp(values, elements) !== null) === (operator === 'in')
    const bits = rights.reduce<number>((sum, bit) => sum | Number(bit ?? 0), 0)
    return ((Number(left) & bits) !== 0) === (operator === 'in')
  }
  const right = rights[0]
  if (right === undefined || typeof right === 'string') return false
  return operator === '<'
    ? left < right
    : operator === '>'
      ? left > right
      : operator === '<='
        ? left <= right
        : left >= right
}

/** The element that the values fall in. */
export function lookUp(values: readonly Value[], elements: readonly SetElement[]): SetElement | null {
  return (
    elements.find(
      ({key}) => key.length <= values.length && key.every((interval, i) => inInterval(interval, values[i])),
    ) ?? null
  )
}

function inInterval({low, high}: Interval, value: Value | undefined): boolean {
  if (value === undefined) return false
  if (typeof low === 'string' || typeof value === 'string') {
    if (typeof low !== 'string' || typeof value !== 'string') return false
    return low.endsWith('*') ? value.startsWith(low.slice(0, -1)) : value === low
  }
  return typeof high !== 'string' && low <= value && value <= high
}

/** How much of the drawn numbers the comparison takes. */
function chanceOf(
  {modulus, offset, about}: Extract<Loaded, {kind: 'chance'}>,
  operator: Operator,
  elements: readonly SetElement[],
): Finding {
  const bound = Number(elements[0]?.key[0]?.low ?? 0) - offset
  const count = (favourable: number): Finding => {
    const probability = Math.min(1, Math.max(0, favourable / modulus))
    return probability === 0 || probability === 1 ? probability === 1 : {kind: 'chance', probability, about}
  }
  switch (operator) {
    case '<':
      return count(bound)
    case '<=':
      return count(bound + 1)
    case '>':
      return count(modulus - bound - 1)
    case '>=':
      return count(modulus - bound)
    case '==':
      return count(drawnBy(elements, modulus, offset))
    case '!=':
      return count(modulus - drawnBy(elements, modulus, offset))
    default:
      return undecidable(about, 'cannot be decided: bits of a number drawn by chance')
  }
}

/** How many of the drawn numbers fall in the elements, which never overlap. */
export function drawnBy(elements: readonly SetElement[], modulus: number, offset: number): number {
  return elements.reduce((sum, {key}) => {
    const [interval] = key
    if (interval === undefined) return sum
    const low = Math.max(Number(interval.low), offset)
    const high = Math.min(Number(interval.high), offset + modulus - 1)
    return sum + Math.max(0, high - low + 1)
  }, 0)
}
