import {Unsupported} from './value.js'

/** A word, symbol or literal of a Lua script. */
export type Token =
  | {kind: 'name' | 'symbol' | 'keyword'; text: string}
  | {kind: 'string'; text: string}
  | {kind: 'number'; value: number}

const keywords = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
)

const pattern =
  /\s+|--\[\[[\s\S]*?\]\]|--[^\n]*|([A-Za-z_]\w*)|(0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?)|("(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\[\[[\s\S]*?\]\])|(\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}[\];:,.])/y

/** Splits a script into tokens. @throws Unsupported for what is no Lua that we read. */
export function tokenize(script: string): Token[] {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < script.length) {
    const parts = pattern.exec(script)
    if (!parts) throw new Unsupported('a character that is no Lua')
    const [, name, number, text, symbol] = parts
    if (name !== undefined) tokens.push({kind: keywords.has(name) ? 'keyword' : 'name', text: name})
    else if (number !== undefined) tokens.push({kind: 'number', value: Number(number)})
    else if (text !== undefined) tokens.push({kind: 'string', text: unquoted(text)})
    else if (symbol !== undefined) tokens.push({kind: 'symbol', text: symbol})
  }
  return tokens
}

const escapes: Record<string, string> = {n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v'}

function unquoted(text: string): string {
  if (text.startsWith('[[')) return text.slice(2, -2).replace(/^\n/, '')
  return text.slice(1, -1).replace(/\\(\d{1,3}|[\s\S])/g, (_, code: string) => {
    return /^\d/.test(code) ? String.fromCharCode(Number(code)) : (escapes[code] ?? code)
  })
}
