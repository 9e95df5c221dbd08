import {isTrue, type Json, member, number, object, objects, text} from '../field.js'
import {pathCondition} from '../route-match.js'

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
    ...(share
      ? [
          `${number(share, 'numerator') ?? 0}/${denominators[text(share, 'denominator') ?? 'HUNDRED'] ?? '?'} of requests`,
        ]
      : []),
  ].join('; ')
}

const denominators: Record<string, string> = {HUNDRED: '100', TEN_THOUSAND: '10000', MILLION: '1000000'}

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
  const strings = object(matcher, 'string_match') ?? matcher
  for (const [field, sign] of [
    ['exact', '='],
    ['prefix', '^='],
    ['suffix', '$='],
    ['contains', '*='],
  ] as const) {
    const found = text(strings, field) ?? text(matcher, `${field}_match`)
    if (found !== undefined) return `${sign}${found}`
  }
  const regex = object(strings, 'safe_regex') ?? object(matcher, 'safe_regex_match')
  if (regex) return `~${text(regex, 'regex') ?? ''}`
  const range = object(matcher, 'range_match')
  if (range) return ` in ${number(range, 'start') ?? 0}..${number(range, 'end') ?? 0}`
  return member(matcher, 'present_match') === false ? ' absent' : ' present'
}
