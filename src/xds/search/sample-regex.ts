/**
 * Texts that a regular expression may match, made from its plain parts: a try, to be held against the expression itself.
 * Repetitions are taken once and not at all, classes by one member, groups by each alternative.
 */
export function regexSamples(source: string): string[] {
  const body = source.replace(/^\^/, '').replace(/\$$/, '')
  return [...new Set([true, false].flatMap((full) => expand(body, full, 0)))].slice(0, 32)
}

/** @param full optional parts are taken along. @param depth of groups, which are not followed for ever. */
function expand(source: string, full: boolean, depth: number): string[] {
  if (depth > 4) return ['']
  return alternatives(source).flatMap((part) => sequence(part, full, depth))
}

/** The parts between `|` outside of groups and classes. */
function alternatives(source: string): string[] {
  const parts = ['']
  let nested = 0
  for (let index = 0; index < source.length; index++) {
    const character = source[index] ?? ''
    if (character === '\\') {
      parts[parts.length - 1] += character + (source[++index] ?? '')
      continue
    }
    if (character === '(' || character === '[') nested++
    if (character === ')' || character === ']') nested--
    if (character === '|' && nested === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

const atom = /^(?:\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|(\.)|([^\\[\].()*+?{}|]))/
const repeat = /^(?:([*?])|\+|\{(\d+)(?:,(\d*))?\})\??/

function sequence(source: string, full: boolean, depth: number): string[] {
  let texts = ['']
  let rest = source
  while (rest !== '') {
    const [options, length] = rest.startsWith('(') ? group(rest, full, depth) : single(rest)
    if (length === 0) return []
    rest = rest.slice(length)
    const times = repeat.exec(rest)
    const count = times ? (times[1] ? (full ? 1 : 0) : Number(times[2] ?? 1)) : 1
    rest = rest.slice(times?.[0].length ?? 0)
    texts = texts.flatMap((text) => options.map((option) => text + option.repeat(count))).slice(0, 16)
  }
  return texts
}

function group(source: string, full: boolean, depth: number): [string[], number] {
  let nested = 0
  for (let index = 0; index < source.length; index++) {
    if (source[index] === '\\') index++
    else if (source[index] === '(') nested++
    else if (source[index] === ')' && --nested === 0) {
      const inner = source.slice(1, index).replace(/^\?(?::|P?<\w+>)/, '')
      return [expand(inner, full, depth + 1), index + 1]
    }
  }
  return [[], 0]
}

const escapes: Record<string, string> = {d: '1', w: 'x', s: ' ', D: 'x', W: '-', S: 'x', n: '\n', t: '\t'}

function single(source: string): [string[], number] {
  const found = atom.exec(source)
  if (!found) return [[], 0]
  const [whole, escaped, negated, members, , plain] = found
  if (escaped !== undefined) return [[escapes[escaped] ?? escaped], whole.length]
  if (members !== undefined) return [[negated ? outside(members) : first(members)], whole.length]
  return [[plain ?? 'x'], whole.length]
}

const first = (members: string): string =>
  members[0] === '\\' ? (escapes[members[1] ?? ''] ?? members[1] ?? '') : (members[0] ?? '')

const outside = (members: string): string => [...'xq7-'].find((character) => !members.includes(character)) ?? '~'
