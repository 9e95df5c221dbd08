import stringWidth from 'string-width'
import {graphemesOf} from './graphemes.js'
import {printableLine} from './printable.js'

/** What a piece of text means; a theme says how it looks. Nothing is told by tone alone. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'name' | 'chosen'

/** A piece of one line. Its text is safe for a terminal. */
export interface Span {
  readonly text: string
  readonly tone: Tone
}

export type Line = readonly Span[]

/** The only way to make a span: control characters and escape sequences are gone afterwards. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({text: printableLine(text), tone})

export const line = (...parts: (Span | string)[]): Line =>
  parts.map((part) => (typeof part === 'string' ? span(part) : part)).filter((part) => part.text !== '')

export const lineText = (parts: Line): string => parts.map((part) => part.text).join('')

const ascii = /^[\x20-\x7e]*$/

/** Terminal cells that `text` takes. */
export const cells = (text: string): number =>
  ascii.test(text) ? text.length : text.length > longestMeasured ? byCharacter(text) : stringWidth(text)

/** string-width segments its text, which copies all of it for every character. */
const longestMeasured = 2000

const byCharacter = (text: string): number =>
  graphemesOf(text).reduce((sum, grapheme) => sum + stringWidth(grapheme), 0)

export const lineCells = (parts: Line): number => parts.reduce((sum, part) => sum + cells(part.text), 0)

/** The whole line in one tone: what is not reached or not chosen steps back as one. */
export const toned = (parts: Line, tone: Tone): Line => parts.map((part) => ({...part, tone}))
