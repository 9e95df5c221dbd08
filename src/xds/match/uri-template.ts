import {compileRegex, type Regex} from '../regex.js'

/** A compiled `path_template`: `/users/{id}/**`. */
export interface UriTemplate {
  source: string
  matches(path: string): boolean
  /** The rewritten path, or null where the template does not fit. */
  rewrite(path: string, rewriteTemplate: string): string | null
}

/** Characters of a path that `*`, `**` and variables take: Envoy's pchar without `*`. */
const pathCharacters = "a-zA-Z0-9._~%!$&'()+,;:@=\\-"
const globs: Record<string, string> = {'*': `[${pathCharacters}]+`, '**': `[${pathCharacters}/]*`}

const templates = new Map<string, UriTemplate>()

/** Compiles a URI template (`envoy.extensions.path.match.uri_template.v3`) as Envoy does: into a regular expression. */
export function compileUriTemplate(source: string): UriTemplate {
  let template = templates.get(source)
  if (!template) {
    const regex = compileRegex(toRegex(source))
    template = {
      source,
      matches: (path) => regex.matches(path),
      rewrite: (path, rewriteTemplate) => rewrite(regex, path, rewriteTemplate),
    }
    templates.set(source, template)
  }
  return template
}

/** Variables, globs and literal text; a variable without a pattern is one segment. */
function toRegex(source: string): string {
  return source.replace(/\{([^}=]+)(?:=([^}]*))?\}|\*\*|\*|[^{*]+/g, (part, name?: string, pattern?: string) => {
    if (name !== undefined) return `(?P<${name}>${toRegex(pattern ?? '*')})`
    return globs[part] ?? part.replace(/[$()+.]/g, '\\$&')
  })
}

function rewrite(regex: Regex, path: string, rewriteTemplate: string): string | null {
  const groups = regex.groups(path)
  return groups && rewriteTemplate.replace(/\{([^}]*)\}/g, (_, name: string) => groups.get(name) ?? '')
}
