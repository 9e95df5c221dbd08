import {isTrue, type Json, member, number, object, objects, text} from '../field.js'
import {pathCondition} from '../route-match.js'
import {fractionText} from './share.js'

/** All that a route asks of a request: path, then method, headers, query parameters and chance. */
export function routeConditions(route: Json): string {
  const match = object(route, 'match')
  const share = object(object(match, 'runtime_fraction'), 'default_value')
  return [
    path(route, match),
    ...objects(match, 'headers').map(headerCondition),
    ...objects(match, 'query_parameters').map((query) => `?${condition(query)}`),
    ...(object(match, 'grpc') ? ['gRPC only'] : []),
    ...(object(match, 'tls_context') ? ['TLS only'] : []),
    ...objects(match, 'cookies').map((cookie) => `cookie ${condition(cookie)}`),
    ...objects(match, 'dynamic_metadata').map(() => 'dynamic metadata'),
    ...objects(match, 'filter_state').map(() => 'filter state'),
    ...(share ? [`${fractionText(share)} of requests`] : []),
  ].join('; ')
}

function path(route: Json, match: Json | undefined): string {
  if (object(match, 'connect_matcher')) return 'CONNECT'
  const template = object(object(match, 'path_match_policy'), 'typed_config')
  if (template) return `template ${text(template, 'path_template') ?? ''}`
  const insensitive = member(match, 'case_sensitive') === false ? ' (any case)' : ''
  return pathCondition(route) + insensitive
}

const headerCondition = (header: Json): string =>
  text(header, 'name') === ':method' && !isTrue(header, 'invert_match')
    ? `method ${condition(header).replace(/^:method=/, '')}`
    : condition(header)

/** `name=value`, `name^=prefix`, `name~regex`, `name present`, with `not` in front where it is inverted. */
function condition(matcher: Json): string {
  const not = isTrue(matcher, 'invert_match') ? 'not ' : ''
  return `${not}${text(matcher, 'name') ?? ''}${value(matcher)}`
}

function value(matcher: Json): string {
  const own = object(matcher, 'string_match')
  const strings = own ?? matcher
  const anyCase = isTrue(own, 'ignore_case') ? ' (any case)' : ''
  for (const [field, sign] of [
    ['exact', '='],
    ['prefix', '^='],
    ['suffix', '$='],
    ['contains', '*='],
  ] as const) {
    const found = text(strings, field) ?? text(matcher, `${field}_match`)
    if (found !== undefined) return `${sign}${found}${anyCase}`
  }
  const regex = object(strings, 'safe_regex') ?? object(matcher, 'safe_regex_match')
  if (regex) return `~${text(regex, 'regex') ?? ''}`
  const range = object(matcher, 'range_match')
  if (range) return ` in ${number(range, 'start') ?? 0}..${number(range, 'end') ?? 0}`
  if (own !== undefined) return ' as an extension says'
  return member(matcher, 'present_match') === false ? ' absent' : ' present'
}
