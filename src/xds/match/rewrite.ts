import {readExtensionOf} from '../parse/extension.js'
import {type JsonObject, object, string} from '../parse/field.js'
import {compileRegex} from '../regex.js'
import type {CompiledRoute} from './route.js'
import {pathOnly} from './routed-request.js'
import {compileUriTemplate} from './uri-template.js'

/**
 * The path after `prefix_rewrite`, `regex_rewrite` or a template rewrite; as it was where none is configured.
 * @param action the RouteAction or RedirectAction that carries the rewrite.
 */
export function rewritePath(route: CompiledRoute, action: JsonObject, path: string): string {
  const only = pathOnly(path)
  const query = path.slice(only.length)
  const prefix = string(action, 'prefix_rewrite')
  if (prefix) return prefix + path.slice(route.path.matchedLength(path))
  const regex = object(action, 'regex_rewrite')
  if (regex) return regexRewritten(regex, only) + query
  const policy = object(action, 'path_rewrite_policy')
  const template = policy && string(readExtensionOf(policy, '').raw, 'path_template_rewrite')
  if (template === undefined || route.path.template === null) return path
  return (compileUriTemplate(route.path.template).rewrite(only, template) ?? only) + query
}

/** Whether a RouteAction rewrites paths, be it to what they were. */
export const rewritesPath = (action: JsonObject): boolean =>
  !!string(action, 'prefix_rewrite') ||
  object(action, 'regex_rewrite') !== undefined ||
  object(action, 'path_rewrite_policy') !== undefined

/** A RegexMatchAndSubstitute put to a text: every match is replaced. */
export const regexRewritten = (regex: JsonObject, text: string): string =>
  compileRegex(string(object(regex, 'pattern') ?? {}, 'regex') ?? '').replaceAll(
    text,
    string(regex, 'substitution') ?? '',
  )

/**
 * The Host of a RouteAction's literal, header or path rewrite; null where it stays.
 * @param header reads a header of the request after the route's header mutations.
 */
export function rewriteHost(
  action: JsonObject,
  header: (name: string) => string | undefined,
  path: string,
): string | null {
  const literal = string(action, 'host_rewrite_literal')
  if (literal) return literal
  const name = string(action, 'host_rewrite_header')
  if (name) return header(name.toLowerCase()) || null
  const regex = object(action, 'host_rewrite_path_regex')
  // Without a match RE2's GlobalReplace leaves the text as it was: the whole path becomes the Host.
  return regex ? regexRewritten(regex, pathOnly(path)) || null : null
}
