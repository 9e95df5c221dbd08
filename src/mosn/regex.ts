import {RE2JS} from 're2js'

/** A pattern as Go's regexp.MatchString uses it: found anywhere in the text, not anchored. */
export interface SearchRegex {
  source: string
  finds(text: string): boolean
  /** Go's ReplaceAllString: every match by `substitution`, in which `$1`, `${1}` and `${name}` are groups. */
  replaceAll(text: string, substitution: string): string
}

const compiled = new Map<string, SearchRegex | null>()
const compiledAtMost = 10_000

/** Compiles a pattern once; null for one that Go's regexp refuses. */
export function searchRegex(source: string): SearchRegex | null {
  const known = compiled.get(source)
  if (known !== undefined) return known
  if (compiled.size >= compiledAtMost) compiled.clear()
  const regex = build(source)
  compiled.set(source, regex)
  return regex
}

function build(source: string): SearchRegex | null {
  try {
    const re2 = RE2JS.compile(source)
    return {
      source,
      finds: (text) => re2.matcher(text).find(),
      replaceAll: (text, substitution) => replaceAll(re2, text, substitution),
    }
  } catch {
    // RE2JS throws for nothing but a pattern that the syntax does not have: that it is refused is the answer.
    return null
  }
}

/** Go's Expand: `$name` takes as many letters, digits and underscores as follow; an unknown group is empty; `$$` is a dollar. */
function replaceAll(re2: RE2JS, text: string, substitution: string): string {
  const names = new Map(Object.entries(re2.namedGroups()))
  const matcher = re2.matcher(text)
  let [result, end] = ['', 0]
  while (matcher.find()) {
    const group = (name: string): string => {
      const index = /^\d+$/.test(name) ? Number(name) : names.get(name)
      return index === undefined || index > matcher.groupCount() ? '' : (matcher.group(index) ?? '')
    }
    const put = substitution.replace(/\$(\$|(\w+)|\{(\w+)\})/g, (_, whole: string, plain?: string, braced?: string) =>
      whole === '$' ? '$' : group(plain ?? braced ?? ''),
    )
    result += text.slice(end, matcher.start()) + put
    end = matcher.end()
  }
  return result + text.slice(end)
}
