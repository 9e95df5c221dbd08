import {inNetwork} from '../../address/network.js'
import type {SocketAddress} from '../../address/socket-address.js'
import {type Check, check} from '../../decision/check.js'
import {readExtensionOf} from '../parse/extension.js'
import {boolean, type JsonObject, member, number, object, objects, string} from '../parse/field.js'
import {ipOf} from './addresses.js'
import {cidrRange} from './cidr.js'
import {allOf, anyOf, type Judged, judged, negated} from './judged.js'
import {absent} from './matcher-predicate.js'
import {judgeMetadata} from './metadata-matcher.js'
import {judgeAuthenticated, judgeMutualTls} from './rbac-identity.js'
import type {RbacSubject} from './rbac-subject.js'
import type {Suppositions} from './request.js'
import {compileStringMatcher} from './string-matcher.js'

/** Who is judged, and what the asker supposes of filter state. */
export interface RbacQuestion {
  subject: RbacSubject
  suppositions: Suppositions
}

type Judge = (value: JsonObject, question: RbacQuestion) => Judged

const always = judged(check('any', 'any', 'any', true))
const unset = judged(check('rule', 'a rule', absent, false))

/** Kinds that permissions and principals share. */
const shared: Record<string, Judge> = {
  header: (matcher, {subject}) => judged(subject.request?.judgeHeader(matcher) ?? unmodelled('header')),
  url_path: judgePath,
  metadata: (matcher, {subject}) => judgeDynamic(matcher, subject),
  sourced_metadata: judgeSourced,
}

const permissions: Record<string, Judge> = {
  ...shared,
  and_rules: (set, question) => allOf(each(set, 'rules', question, judgePermission), always),
  or_rules: (set, question) => anyOf(each(set, 'rules', question, judgePermission), unset),
  not_rule: (rule, question) => negated(judgePermission(rule, question)),
  destination_ip: (range, {subject}) => judgeRange('destination_ip', range, subject.connection.local),
  destination_port_range: judgePortRange,
  requested_server_name: (matcher, {subject}) =>
    judgeText('requested_server_name', matcher, subject.connection.inspected.serverName),
  // A connection has no path, and no template fits that.
  uri_template: (entry, {subject}) =>
    judged(
      subject.request?.judgeTemplate(readExtensionOf(entry, '')) ?? check('uri_template', 'a path', absent, false),
    ),
  matcher: (entry) => judged(unmodelled(readExtensionOf(entry, '').type)),
}

const principals: Record<string, Judge> = {
  ...shared,
  and_ids: (set, question) => allOf(each(set, 'ids', question, judgePrincipal), always),
  or_ids: (set, question) => anyOf(each(set, 'ids', question, judgePrincipal), unset),
  not_id: (id, question) => negated(judgePrincipal(id, question)),
  authenticated: (authenticated, {subject}) => judgeAuthenticated(authenticated, subject.connection),
  source_ip: (range, {subject}) => judgeRange('source_ip', range, subject.connection.remote),
  direct_remote_ip: (range, {subject}) => judgeRange('direct_remote_ip', range, subject.connection.peer),
  remote_ip: (range, {subject}) => judgeRange('remote_ip', range, subject.remote),
  filter_state: judgeFilterState,
  custom: (entry, {subject}) => {
    const {type, raw} = readExtensionOf(entry, '')
    return type === 'envoy.extensions.rbac.principals.mtls_authenticated.v3.Config'
      ? judgeMutualTls(raw, subject.connection)
      : judged(unmodelled(type))
  },
}

/** Judges one `envoy.config.rbac.v3.Permission`. */
export function judgePermission(rule: JsonObject, question: RbacQuestion): Judged {
  const port = number(rule, 'destination_port')
  if (port !== undefined) return judgePort(port, question.subject.connection.local)
  return judgeBy(permissions, rule, question)
}

/** Judges one `envoy.config.rbac.v3.Principal`. */
export const judgePrincipal = (id: JsonObject, question: RbacQuestion): Judged => judgeBy(principals, id, question)

function judgeBy(kinds: Record<string, Judge>, rule: JsonObject, question: RbacQuestion): Judged {
  if (boolean(rule, 'any') !== undefined) return always
  for (const key of Object.keys(rule)) {
    const value = object(rule, key)
    const judge = value && kinds[snakeCase(key)]
    if (judge) return judge(value, question)
  }
  return judged(unmodelled(Object.keys(rule).join(', ')))
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const unmodelled = (field: string): Check => check(field, '(not modelled)', '(unknown)', 'unknown')

function* each(set: JsonObject, list: string, question: RbacQuestion, judge: Judge): Generator<Judged> {
  for (const rule of objects(set, list)) yield judge(rule, question)
}

function judgeText(field: string, matcher: JsonObject, value: string): Judged {
  const {want, known, matches} = compileStringMatcher(matcher)
  return judged(check(field, want, value, known ? matches(value) : 'unknown'))
}

/** `url_path`: the path without query and fragment, nothing decoded. */
function judgePath(pathMatcher: JsonObject, {subject}: RbacQuestion): Judged {
  const matcher = object(pathMatcher, 'path') ?? {}
  const path = subject.request?.path ?? null
  if (path === null) return judged(check('url_path', compileStringMatcher(matcher).want, absent, false))
  return judgeText('url_path', matcher, path.replace(/[?#].*$/s, ''))
}

function judgeDynamic(matcher: JsonObject, {request}: RbacSubject): Judged {
  return judged(
    judgeMetadata(matcher, (namespace) => request?.dynamicMetadata(namespace) ?? (request ? null : 'unknown')),
  )
}

/** Metadata of the route, or what filters wrote. Without a route its metadata fits nothing, inverted or not. */
function judgeSourced(sourced: JsonObject, {subject}: RbacQuestion): Judged {
  const matcher = object(sourced, 'metadata_matcher') ?? {}
  if (member(sourced, 'metadata_source') !== 'ROUTE') return judgeDynamic(matcher, subject)
  const ofRoute = subject.request?.routeMetadata
  if (!ofRoute) return judged(check('route metadata', string(matcher, 'filter') ?? '', absent, false))
  const found = judgeMetadata(matcher, ofRoute)
  return judged({...found, field: `route ${found.field}`})
}

function judgeRange(field: string, raw: JsonObject, address: SocketAddress | null): Judged {
  const range = cidrRange(raw)
  const want = range?.text ?? '(no range)'
  if (!address) return judged(check(field, want, '(unknown)', 'unknown'))
  const ip = ipOf(address)
  return judged(check(field, want, address.ip, range !== null && ip !== null && inNetwork(range.network, ip)))
}

const judgePort = (port: number, {port: got}: SocketAddress): Judged =>
  judged(check('destination_port', String(port), String(got), port === got))

/** `destination_port_range`: the end is not part of it. */
function judgePortRange(range: JsonObject, {subject}: RbacQuestion): Judged {
  const [start, end] = [number(range, 'start') ?? 0, number(range, 'end') ?? 0]
  const {port} = subject.connection.local
  return judged(check('destination_port_range', `[${start},${end})`, String(port), start <= port && port < end))
}

/** Extensions set such keys by themselves. */
const setByExtensions = /^(?:envoy|wasm|istio|io\.istio)\./

/** Filter state that no filter is known to set is the running system's, unless the asker supposes it: `filter_state:KEY=VALUE`. */
function judgeFilterState(matcher: JsonObject, {suppositions, subject}: RbacQuestion): Judged {
  const key = string(matcher, 'key') ?? ''
  const field = `filter_state:${key}`
  const text = object(matcher, 'string_match')
  const set = (subject.filterState ?? subject.connection.state?.filterState)?.[key]
  const value = suppositions[field] ?? set?.value ?? null
  if (text && !set && value === null && subject.knowsFilterState && !setByExtensions.test(key))
    return judged(check(field, compileStringMatcher(text).want, absent, false))
  if (text && value !== null) return judgeText(field, text, value)
  return judged(check(field, text ? compileStringMatcher(text).want : '(a value)', '(unknown)', 'unknown'))
}
