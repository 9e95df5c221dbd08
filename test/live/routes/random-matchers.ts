import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'

/** A message inside an `Any`. */
export const typed = (name: string, fields: JsonObject = {}): JsonObject => ({
  '@type': `type.googleapis.com/${name}`,
  ...fields,
})

/** Header names and values that requests carry and matchers ask for: few, so that they meet. */
export const headerNames = ['x-a', 'x-b', 'x-m', 'x-num', 'cookie', 'user-agent', 'accept'] as const
export const headerValues = ['v1', 'V1', 'v2', 'v1,v2', '', '10', '+10', '9', '1.5', 'abc', 'a=1', 'a=1; b=2'] as const

export function randomString(random: Random, values: readonly [string, ...string[]]): JsonObject {
  const value = pick(random, values)
  const ignoring = chance(random, 0.25) ? {ignore_case: true} : {}
  switch (whole(random, 0, 4)) {
    case 0:
      return {safe_regex: {regex: pick(random, ['v[12]', '.*', '(?i)v1', '\\d+', '[^,]*', 'a.c', 'v1|v1,v2'])}}
    case 1:
      return value === '' ? {exact: '', ...ignoring} : {prefix: value.slice(0, 2), ...ignoring}
    case 2:
      return value === '' ? {exact: ''} : {suffix: value.slice(-1), ...ignoring}
    case 3:
      return value === '' ? {exact: ''} : {contains: value.slice(1) || value, ...ignoring}
    default:
      return {exact: value, ...ignoring}
  }
}

export function randomHeaderMatcher(random: Random): JsonObject {
  const name = pick(random, [...headerNames, ':method', ':authority', ':path', 'x-forwarded-proto', ':scheme'])
  return {
    name: chance(random, 0.2) ? name.toUpperCase().replace(/^:.*/, name) : name,
    ...valueMatcher(random, name),
    ...(chance(random, 0.2) ? {invert_match: true} : {}),
    ...(chance(random, 0.2) ? {treat_missing_header_as_empty: true} : {}),
  }
}

function valueMatcher(random: Random, name: string): JsonObject {
  if (name === ':method') return {string_match: {exact: pick(random, ['GET', 'POST', 'OPTIONS'])}}
  if (name === ':scheme' || name === 'x-forwarded-proto')
    return {string_match: {exact: pick(random, ['http', 'https'])}}
  switch (whole(random, 0, 4)) {
    case 0:
      return {present_match: chance(random, 0.7)}
    case 1:
      return {range_match: {start: pick(random, ['-5', '9', '10']), end: pick(random, ['10', '11', '100'])}}
    case 2:
      return {}
    default:
      return {string_match: randomString(random, headerValues)}
  }
}

export const queryNames = ['q', 'Q', 'p'] as const
export const queryValues = ['1', '2', '', 'a+b', '%31', 'v'] as const

const randomQueryMatcher = (random: Random): JsonObject => ({
  name: pick(random, queryNames),
  ...(chance(random, 0.3)
    ? {present_match: chance(random, 0.6)}
    : chance(random, 0.8)
      ? {string_match: randomString(random, queryValues)}
      : {}),
})

export const paths = [
  '/',
  '/a',
  '/a/b',
  '/A/b',
  '/a/b/c',
  '/foo',
  '/foo/',
  '/foobar',
  '/foo/12',
  '/x=1/y',
  '/a;p=1',
  '/a//b',
  '/index.html',
] as const
const templates = ['/{x}', '/a/*', '/a/**', '/foo/{id}', '/{x=a/*}', '/{x}/{y}', '/**.html'] as const
const regexes = ['/a', '/a.*', '/[ab]/.*', '.*/b', '/foo|/a', '(?i)/A/b', '/\\w+', '.*'] as const

function pathSpecifier(random: Random): JsonObject {
  switch (whole(random, 0, 6)) {
    case 0:
      return {path: pick(random, paths)}
    case 1:
      return {safe_regex: {regex: pick(random, regexes)}}
    case 2:
      return {path_separated_prefix: pick(random, ['/a', '/a/b', '/foo', '/A'])}
    case 3:
      return {
        path_match_policy: {
          name: 'template',
          typed_config: typed('envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', {
            path_template: pick(random, templates),
          }),
        },
      }
    default:
      return {prefix: pick(random, ['/', '', '/a', '/a/', '/foo', '/A', '/a/b'])}
  }
}

/** A RouteMatch. Fractions are mostly certain: what chance decides is compared less sharply. */
export function randomMatch(random: Random): JsonObject {
  const some = (probability: number, make: () => JsonObject): JsonObject => (chance(random, probability) ? make() : {})
  return {
    ...pathSpecifier(random),
    ...some(0.2, () => ({case_sensitive: false})),
    ...some(0.35, () => ({headers: times(whole(random, 1, 2), () => randomHeaderMatcher(random))})),
    ...some(0.2, () => ({query_parameters: [randomQueryMatcher(random)]})),
    ...some(0.1, () => ({
      cookies: [
        {
          name: pick(random, ['a', 'b']),
          string_match: {exact: pick(random, ['1', '2'])},
          ...(chance(random, 0.3) ? {invert_match: true} : {}),
        },
      ],
    })),
    ...some(0.05, () => ({grpc: {}})),
    ...some(0.05, () => ({tls_context: {presented: chance(random, 0.3)}})),
    ...some(0.12, () => ({
      runtime_fraction: {
        default_value: {numerator: pick(random, [0, 100, 100, 50]), denominator: 'HUNDRED'},
        runtime_key: pick(random, ['routes.unset', 'routes.never', 'routes.always', 'routes.percent']),
      },
    })),
    ...some(0.05, () => ({
      dynamic_metadata: [
        {filter: 'live.md', path: [{key: 'k'}], value: {string_match: {exact: 'v1'}}, invert: chance(random, 0.5)},
      ],
    })),
  }
}
