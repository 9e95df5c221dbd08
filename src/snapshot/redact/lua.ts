import {isOnlyOperators, isRedacted, redacted} from './redaction.js'
import {isSecretName} from './secret-name.js'
import {type Found, lineAt, looksRandom, redactPatterns} from './text.js'

/** A literal of Lua: quoted, or between long brackets. */
const literal = /"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'|\[(=*)\[([\s\S]*?)\]\3\]/g

/**
 * Lua code with the literals replaced that are secrets by their look, or that stand in a line which speaks of one
 * (`local api_key = "…"`, `headers:add("authorization", "…")`). Names of headers stay; a line may lose more than it must,
 * which changes no answer: what Lua code does is never computed.
 */
export function redactLua(code: string, found: Found): string {
  const cleaned = code.replace(literal, (match: string, double, single, _level, long, offset: number) => {
    const content = String(double ?? single ?? long ?? '')
    if (!isSecretLiteral(content, lineAround(code, offset, match.length), code.slice(0, offset))) return match
    found('code', lineAt(code, offset))
    return match.replace(content, () => redacted)
  })
  return redactPatterns(cleaned, found)
}

function isSecretLiteral(content: string, line: string, before: string): boolean {
  if (isRedacted(content) || isOnlyOperators(content)) return false
  if (looksRandom(content)) return true
  return speaksOfSecret(line) && !isNameOfHeader(content, before)
}

/** The words of a line, literals among them: any secret name makes the line's literals suspect. */
const speaksOfSecret = (line: string): boolean => (line.match(/[A-Za-z_][\w-]*/g) ?? []).some(isSecretName)

/** The first argument of a header call, or the key of a table: `get("x-api-key")`, `["cookie"] =`. */
const isNameOfHeader = (content: string, before: string): boolean =>
  /^[A-Za-z][A-Za-z-]*$/.test(content) &&
  /(?:\b(?:get|getAtIndex|getNumValues|add|replace|remove|set)\s*\(|\[)\s*$/.test(before)

function lineAround(code: string, offset: number, length: number): string {
  const end = code.indexOf('\n', offset + length)
  return code.slice(code.lastIndexOf('\n', offset - 1) + 1, end === -1 ? code.length : end)
}
