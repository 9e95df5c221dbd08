import type {Action, Statement} from '../statement.js'
import {compileModule} from './compile-match.js'
import {compileGeneric} from './compile-rule.js'
import {compileTarget} from './compile-target.js'
import type {Fail} from './fail.js'
import {genericName, lacksFreeText, readRuleOptions} from './rule-options.js'
import {splitWords, type Word} from './words.js'

/**
 * What the pieces of a table's rules come to, by their text: in a big table most stand in many rules. A piece is a generic option, one
 * `-m NAME` with its options, or the target. null: the text is no single piece.
 */
export type KnownPieces = Map<string, readonly Statement[] | null>

const code = {blank: 0x20, quote: 0x22, backslash: 0x5c, dash: 0x2d, not: 0x21, g: 0x67, j: 0x6a, m: 0x6d} as const

/**
 * What a rule asks and does, of its text as iptables-save prints it: generic options, then matches, then the target, as the kernel runs them.
 * null where it is written otherwise (long words, another order, matches that are only implied), and has to be read word by word.
 */
export function compilePieces(
  text: string,
  known: KnownPieces,
  isChain: (name: string) => boolean,
  fail: Fail,
): Statement[] | null {
  const statements: Statement[] = []
  let place = 0
  for (let start = 0; start < text.length; ) {
    const next = placeAt(text, start)
    const end = endOfPiece(text, start)
    if (next < place || (next === 2 && end < text.length)) return null
    if (next === 2) statements.push(counter)
    place = next
    const piece = readPiece(text.slice(start, end), next, known, isChain, fail)
    if (piece === null) return null
    for (const statement of piece) statements.push(statement)
    start = end + 1
  }
  if (place < 2) statements.push(counter)
  // Without the room that `push` reserves: the rules of a big table are many.
  return statements.slice()
}

const counter: Action = {kind: 'counter'}

/** Where the piece stands among its rule's others: 0 a generic option, 1 a match, 2 the target. */
function placeAt(text: string, start: number): 0 | 1 | 2 {
  const letter = text.charCodeAt(start) === code.dash ? text.charCodeAt(start + 1) : code.not
  return letter === code.m ? 1 : letter === code.j || letter === code.g ? 2 : 0
}

/** Where the piece ends that begins at `start`: at the blank before the next `-m`, `-j`, `-g` or generic option, or with the text. */
function endOfPiece(text: string, start: number): number {
  let at = text.indexOf(' ', text.charCodeAt(start) === code.not ? start + 2 : start)
  while (at >= 0) {
    const next = text.charCodeAt(at + 1)
    if (next === code.dash && beginsPiece(text, at + 2)) return at
    if (next === code.not && text.startsWith(' -', at + 2) && beginsPiece(text, at + 4)) return at
    at = text.indexOf(' ', next === code.quote ? endOfQuotes(text, at + 1) : at + 1)
  }
  return text.length
}

const beginners: ReadonlySet<number> = new Set([...'sdiopfmjg'].map((letter) => letter.charCodeAt(0)))

const beginsPiece = (text: string, letter: number): boolean =>
  beginners.has(text.charCodeAt(letter)) && !(text.charCodeAt(letter + 1) !== code.blank && letter + 1 < text.length)

/** Behind the closing quote; the text's end where there is none. */
function endOfQuotes(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) === code.quote) {
    for (at++; at < text.length && text.charCodeAt(at) !== code.quote; at++)
      if (text.charCodeAt(at) === code.backslash) at++
    at++
  }
  return at
}

type Place = ReturnType<typeof placeAt>

function readPiece(
  text: string,
  place: Place,
  known: KnownPieces,
  isChain: (name: string) => boolean,
  fail: Fail,
): readonly Statement[] | null {
  // Nearly every comment and every jump of a big table is its own: what stands once need not be known again.
  if (place === 1 && isPlainComment(text)) return [{kind: 'comment', text: text.slice(commentStart.length, -1)}]
  if (place === 2 && text.startsWith('-j ') && isChain(text.slice(3))) return [{kind: 'jump', chain: text.slice(3)}]
  const found = known.get(text)
  if (found !== undefined) return found
  const read = compilePiece(text, place, isChain, fail)
  known.set(text, read)
  return read
}

const commentStart = '-m comment --comment "'

const isPlainComment = (text: string): boolean =>
  text.startsWith(commentStart) && text.indexOf('"', commentStart.length) === text.length - 1 && !text.includes('\\')

function compilePiece(
  text: string,
  place: Place,
  isChain: (name: string) => boolean,
  fail: Fail,
): readonly Statement[] | null {
  const words = splitWords(text) ?? fail('has a quote that is not closed')
  if (place === 0) return compileGenericPiece(words, fail)
  const {options, counters} = readRuleOptions(words, fail)
  const {generic, modules, target} = options
  const [module, ...others] = modules
  if (counters !== null || generic.length > 0 || others.length > 0 || lacksFreeText(options)) return null
  if (module) return target === null ? compileModule(module, fail) : null
  return target && [compileTarget(target, isChain, fail)]
}

/** `-s 10.0.0.0/8`, `! -i eth0`, `-f`. */
function compileGenericPiece(words: readonly Word[], fail: Fail): readonly Statement[] | null {
  const negated = words[0]?.text === '!'
  const [word = '', ...values] = words.slice(negated ? 1 : 0).map((one) => one.text)
  const name = genericName(word)
  if (name === undefined || values.length !== (name === '-f' ? 0 : 1) || values[0] === '!') return null
  if (words.some(({quoted}) => quoted)) return null
  const match = compileGeneric({negated, name, values}, fail)
  return match === null ? [] : [match]
}
