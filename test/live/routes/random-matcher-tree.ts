import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import {headerNames, headerValues, typed} from './random-matchers.js'

/** What a matcher does where something fits: an `on_match` without its nested matchers. */
type MakeAction = () => JsonObject

/** Headers alone: Envoy's route tables refuse other inputs, and it crashes on query parameters in cluster matchers. */
const input = (random: Random): JsonObject => ({
  name: 'header',
  typed_config: typed('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', {
    header_name: pick(random, [...headerNames, ':path', ':method', ':authority']),
  }),
})

function valueMatch(random: Random): JsonObject {
  const value = pick(random, [...headerValues, '/a', '/foo', 'GET', 'a.com'] as const)
  if (value === '') return {exact: ''}
  switch (whole(random, 0, 3)) {
    case 0:
      return {prefix: value.slice(0, 2)}
    case 1:
      return {suffix: value.slice(-2)}
    case 2:
      return {safe_regex: {google_re2: {}, regex: pick(random, ['.*', 'v[12]', '/a.*', '[^,]+'])}}
    default:
      return {exact: value, ...(chance(random, 0.3) ? {ignore_case: true} : {})}
  }
}

function predicate(random: Random, depth: number): JsonObject {
  const inner = () => predicate(random, depth - 1)
  switch (depth === 0 ? 3 : whole(random, 0, 5)) {
    case 0:
      return {or_matcher: {predicate: [inner(), inner()]}}
    case 1:
      return {and_matcher: {predicate: [inner(), inner()]}}
    case 2:
      return {not_matcher: inner()}
    default:
      return {single_predicate: {input: input(random), value_match: valueMatch(random)}}
  }
}

/** An action, or a matcher of its own. */
const onMatch = (random: Random, depth: number, action: MakeAction): JsonObject =>
  depth > 0 && chance(random, 0.3) ? {matcher: randomMatcherTree(random, depth - 1, action)} : {action: action()}

const keys = [...headerValues.filter((value) => value !== ''), '/', '/a', '/a/', '/fo', 'G', 'v', 'a']

/** A random `xds.type.matcher.v3.Matcher` over the headers of a request. */
export function randomMatcherTree(random: Random, depth: number, action: MakeAction): JsonObject {
  const next = () => onMatch(random, depth, action)
  const otherwise = chance(random, 0.6) ? {on_no_match: next()} : {}
  if (chance(random, 0.5)) {
    const matchers = times(whole(random, 1, 3), () => ({predicate: predicate(random, 2), on_match: next()}))
    return {matcher_list: {matchers}, ...otherwise}
  }
  const entries = times(whole(random, 1, 4), () => [keys[whole(random, 0, keys.length - 1)] ?? 'v1', next()])
  const kind = chance(random, 0.5) ? 'exact_match_map' : 'prefix_match_map'
  return {matcher_tree: {input: input(random), [kind]: {map: Object.fromEntries(entries)}}, ...otherwise}
}
