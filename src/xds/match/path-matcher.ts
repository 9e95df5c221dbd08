import {type Check, check, type Ternary} from '../../decision/check.js'
import {readExtensionOf} from '../parse/extension.js'
import {boolean, type JsonObject, object, string} from '../parse/field.js'
import type {Condition} from './condition.js'
import {absent} from './matcher-predicate.js'
import {pathOnly, type RoutedRequest} from './routed-request.js'
import {asciiLower, regexMatcher, type StringMatcher, textMatcher} from './string-matcher.js'
import {compileUriTemplate} from './uri-template.js'

/** What a route asks of the path. */
export interface PathMatcher extends Condition<RoutedRequest> {
  judge(request: RoutedRequest): boolean | 'unknown'
  /** How many characters from the path's beginning a `prefix_rewrite` replaces. */
  matchedLength(path: string): number
  /** The template, which a template rewrite needs; null for other kinds. */
  template: string | null
}

type Length = (path: string) => number

const wholePath: Length = (path) => pathOnly(path).length

/**
 * Compiles the path specifier of a RouteMatch.
 * @param ignoreParameters `ignore_path_parameters_in_path_matching`: the path is cut at its first `;`.
 */
export function compilePathMatcher(match: JsonObject, ignoreParameters: boolean): PathMatcher {
  const ignoreCase = !(boolean(match, 'case_sensitive') ?? true)
  const regex = object(match, 'safe_regex')
  const policy = object(match, 'path_match_policy')
  const [path, separated] = [string(match, 'path'), string(match, 'path_separated_prefix')]
  const seen = seenPath(ignoreParameters)
  if (object(match, 'connect_matcher')) return connectMatcher()
  // Path parameters that matching ignores stay behind a rewrite.
  if (path !== undefined) return onPath('path', textMatcher('exact', path, ignoreCase), seen, () => path.length)
  if (regex) return onPath('path', regexMatcher(string(regex, 'regex') ?? ''), seen, wholePath)
  if (separated !== undefined) return separatedMatcher(separated, ignoreCase, seen)
  if (policy) return templateMatcher(policy)
  const prefix = string(match, 'prefix') ?? ''
  return onPath('path', textMatcher('prefix', prefix, ignoreCase), seen, () => prefix.length)
}

const seenPath = (ignoreParameters: boolean) => (path: string) => {
  const only = pathOnly(path)
  return ignoreParameters ? only.replace(/;.*$/s, '') : only
}

function onPath(
  field: string,
  text: StringMatcher,
  seen: (path: string) => string,
  matchedLength: Length,
  template: string | null = null,
): PathMatcher {
  return {
    judge: ({path}) => path !== null && (text.known ? text.matches(seen(path)) : 'unknown'),
    describe: ({path}, holds) => check(field, text.want, path === null ? absent : seen(path), holds),
    matchedLength,
    template,
  }
}

/** `/api` and all below it: `/api/v1`, not `/apis`. */
function separatedMatcher(prefix: string, ignoreCase: boolean, seen: (path: string) => string): PathMatcher {
  const wanted = ignoreCase ? asciiLower(prefix) : prefix
  const matches = (path: string) =>
    (ignoreCase ? asciiLower(path) : path).startsWith(wanted) &&
    (path.length === prefix.length || path[prefix.length] === '/')
  const want = `path_separated_prefix ${prefix}${ignoreCase ? ' (any case)' : ''}`
  return onPath('path', {want, known: true, matches}, seen, () => prefix.length)
}

/** A URI template; other path matching extensions are not modelled. Envoy refuses a prefix rewrite beside them. */
function templateMatcher(policy: JsonObject): PathMatcher {
  const {type, raw} = readExtensionOf(policy, '')
  const source = string(raw, 'path_template')
  if (source === undefined)
    return onPath('path', {want: `${type} (not modelled)`, known: false, matches: () => false}, pathOnly, wholePath)
  const {matches} = compileUriTemplate(source)
  return onPath('path', {want: `template ${source}`, known: true, matches}, pathOnly, wholePath, source)
}

/** CONNECT requests alone, which other kinds never take without a path. */
function connectMatcher(): PathMatcher {
  const describe = ({method}: RoutedRequest, holds: Ternary): Check => check('method', 'CONNECT', method, holds)
  return {
    judge: ({method}) => method === 'CONNECT',
    describe,
    matchedLength: (path) => path.length,
    template: null,
  }
}
