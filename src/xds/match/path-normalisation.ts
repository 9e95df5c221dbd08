import {boolean, type JsonObject, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {runtimeValue, wholeNumber} from '../runtime.js'

/** What the connection manager makes of a path before any route is looked at. */
export type NormalizedPath =
  | {kind: 'continue'; path: string}
  | {kind: 'reject'}
  /** 307 to the path without escaped slashes. */
  | {kind: 'redirect'; path: string}

/** How a connection manager treats paths. */
export interface PathRules {
  escapedSlashes: string
  normalize: boolean
  mergeSlashes: boolean
}

const escapedSlashesActions = [
  'IMPLEMENTATION_SPECIFIC_DEFAULT',
  'KEEP_UNCHANGED',
  'REJECT_REQUEST',
  'UNESCAPE_AND_REDIRECT',
  'UNESCAPE_AND_FORWARD',
]

/** Reads the rules; what is left to the implementation comes from runtime, else nothing is changed. */
export function readPathRules(envoy: Envoy, manager: JsonObject): PathRules {
  const action = string(manager, 'path_with_escaped_slashes_action') ?? 'IMPLEMENTATION_SPECIFIC_DEFAULT'
  const byRuntime = wholeNumber(runtimeValue(envoy, 'http_connection_manager.path_with_escaped_slashes_action'))
  const percent = wholeNumber(runtimeValue(envoy, 'http_connection_manager.normalize_path')) ?? 0
  return {
    escapedSlashes:
      action === 'IMPLEMENTATION_SPECIFIC_DEFAULT' ? (escapedSlashesActions[byRuntime ?? 1] ?? '') : action,
    normalize: boolean(manager, 'normalize_path') ?? percent > 0,
    mergeSlashes: boolean(manager, 'merge_slashes') ?? false,
  }
}

/** Escaped slashes, then dots and escapes, then merging; the query stays as it is. A fragment is refused outright. */
export function normalizePath(rules: PathRules, target: string): NormalizedPath {
  if (target.includes('#')) return {kind: 'reject'}
  const question = target.indexOf('?')
  const [path, query] = question < 0 ? [target, ''] : [target.slice(0, question), target.slice(question)]
  const unescaped = rules.escapedSlashes.startsWith('KEEP') ? path : unescapeSlashes(path)
  if (unescaped !== path && rules.escapedSlashes === 'REJECT_REQUEST') return {kind: 'reject'}
  const canonical = rules.normalize ? canonicalPath(unescaped) : unescaped
  if (canonical === null) return {kind: 'reject'}
  const merged = (rules.mergeSlashes ? mergeSlashes(canonical) : canonical) + query
  const redirects = unescaped !== path && rules.escapedSlashes === 'UNESCAPE_AND_REDIRECT'
  return {kind: redirects ? 'redirect' : 'continue', path: merged}
}

const unescapeSlashes = (path: string): string =>
  path.replace(/%2f|%5c/gi, (escape) => (escape[1] === '2' ? '/' : '\\'))

/** PathUtil::mergeSlashes: runs of slashes become one. */
function mergeSlashes(path: string): string {
  if (!path.includes('//')) return path
  const segments = path.split('/').filter((segment) => segment !== '')
  return `${path.startsWith('/') ? '/' : ''}${segments.join('/')}${path.endsWith('/') ? '/' : ''}`
}

const unreserved = /[A-Za-z0-9\-._~]/
/** Characters that the canonical form writes escaped. */
const escaped = /["#<>?`{}^|\u0000-\u0020\u007f-\uffff]/

/** Paths that nothing has to be done to: plain characters, no segment that begins with a dot. */
const isCanonical = /^(?:\/(?!\.)[A-Za-z0-9\-._~!$&'()*+,;=:@[\]]*)+$/

/**
 * The canonical path of the URL standard, as Envoy's PathUtil::canonicalPath makes it: backslashes are slashes, escapes of
 * unreserved characters are undone, dot segments removed. Null where Envoy refuses it (an escaped NUL).
 */
export function canonicalPath(path: string): string | null {
  if (isCanonical.test(path)) return path
  let plain = ''
  for (let index = 0; index < path.length; index++) {
    const hex = path[index] === '%' ? /^[0-9a-fA-F]{2}/.exec(path.slice(index + 1, index + 3)) : null
    if (hex) {
      const letter = String.fromCharCode(Number.parseInt(hex[0], 16))
      if (letter === '\0') return null
      plain += unreserved.test(letter) ? letter : path.slice(index, index + 3)
      index += 2
    } else plain += canonicalCharacter(path[index] ?? '')
  }
  return withoutDotSegments(plain)
}

function canonicalCharacter(letter: string): string {
  if (letter === '\\') return '/'
  return escaped.test(letter) ? encodeURIComponent(letter) : letter
}

function withoutDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (last) kept.push('')
  }
  return `/${kept.join('/')}`
}
