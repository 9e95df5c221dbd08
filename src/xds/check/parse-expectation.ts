import {isObject, type JsonObject} from '../parse/field.js'
import {type AspectName, aspects, isAspect, none} from './aspect.js'
import type {Expectation, Share} from './expectation.js'
import type {Gate} from './gate.js'

const names = Object.keys(aspects).filter(isAspect)

/** Members that stand for others. */
const flattened = (raw: JsonObject, gate: Gate): JsonObject => {
  const {rewritten, endpoint, ...rest} = raw
  const sent = gate.optionalObject(rewritten, 'expect.rewritten')
  gate.onlyMembers(sent, ['authority', 'path'], 'expect.rewritten')
  return {...rest, ...sent, ...(endpoint === undefined ? {} : {endpoints: endpoint})}
}

/** What a case expects: each member a value, a list of the possible values, or a table of values and their shares. @throws DataError */
export function parseExpectations(raw: JsonObject, gate: Gate): Expectation[] {
  gate.onlyMembers(raw, [...names, 'endpoint', 'rewritten'], 'expect')
  const members = flattened(raw, gate)
  return names
    .filter((name) => members[name] !== undefined)
    .map((member) => ({member, expected: sharesOf(members[member], member, gate)}))
}

function sharesOf(value: unknown, member: AspectName, gate: Gate): Share[] {
  const name = `expect.${member}`
  if (Array.isArray(value)) {
    const all = value.map((each): Share => ({value: valueText(each, member, gate), share: null}))
    return all.length === 0 ? [{value: none, share: 1}] : all
  }
  if (!isObject(value)) return [{value: valueText(value, member, gate), share: 1}]
  const shares = Object.entries(value).map(([key, share]) => ({
    value: key,
    share: shareOf(share, `${name} ${key}`, gate),
  }))
  const total = shares.reduce((sum, {share}) => sum + share, 0)
  if (Math.abs(total - 1) > 0.0005 * shares.length + 1e-9)
    gate.fail(name, `has shares of ${Number((100 * total).toFixed(2))} % in all, not 100 %`)
  return shares
}

/** Routes and filter chains go by name or, as a number, by position. */
function valueText(value: unknown, member: AspectName, gate: Gate): string {
  if (value === null) return none
  const byPosition = member === 'route' || member === 'filterChain'
  return byPosition && typeof value === 'number' ? `#${value}` : gate.text(value, `expect.${member}`)
}

/** `80%`, `80 %`, or 0.8. */
function shareOf(value: unknown, member: string, gate: Gate): number {
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?) ?%$/.exec(value.trim())?.[1] : undefined
  const share = percent === undefined ? value : Number(percent) / 100
  return typeof share === 'number' && share >= 0 && share <= 1
    ? share
    : gate.fail(member, 'is no share: write 80% or 0.8')
}
