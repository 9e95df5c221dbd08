import {graphemesOf} from './graphemes.js'
import {cells, type Line, lineCells, type Span} from './styled.js'

/** More UTF-16 units than any text of `width` cells has, but for heaps of combining marks. */
const unitsFor = (width: number): number => Math.max(0, width) * 16 + 16

/** The first part of `text` that fits `width` cells, and the rest. Never splits a wide character. */
function cut(text: string, width: number): [string, string] {
  if (text.length <= width * 2 && cells(text) <= width) return [text, '']
  let head = ''
  let used = 0
  for (const grapheme of graphemesOf(text.slice(0, unitsFor(width)))) {
    used += cells(grapheme)
    if (used > width) break
    head += grapheme
  }
  return [head, text.slice(head.length)]
}

/** The last part of `text` that fits `width` cells. */
function tailOf(text: string, width: number): string {
  const parts = graphemesOf(text.slice(-unitsFor(width)))
  let tail = ''
  let used = 0
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    used += cells(parts[index] ?? '')
    if (used > width) break
    tail = `${parts[index] ?? ''}${tail}`
  }
  return tail
}

/** Long names lose their middle, never their end. */
export function shorten(text: string, width: number): string {
  if (text.length <= unitsFor(width) && cells(text) <= width) return text
  if (width < 5) return cut(text, Math.max(0, width))[0]
  const [head] = cut(text, Math.floor((width - 3) / 2))
  return `${head}...${tailOf(text, width - 3 - cells(head))}`
}

/** The line cut to `width` cells. */
export function fitLine(parts: Line, width: number): Line {
  const fitted: Span[] = []
  let room = width
  for (const part of parts) {
    const [text] = cut(part.text, room)
    if (text !== '') fitted.push({...part, text})
    room -= cells(part.text)
    if (room <= 0) break
  }
  return fitted
}

/** The line filled with blanks to `width` cells, or cut to it. */
export function padLine(parts: Line, width: number): Line {
  const missing = width - lineCells(parts)
  if (missing < 0) return fitLine(parts, width)
  return missing === 0 ? parts : [...parts, {text: ' '.repeat(missing), tone: 'plain'}]
}

interface Word extends Span {
  /** A blank may be the place of a line break. */
  blank: boolean
}

const words = (parts: Line): Word[] =>
  parts.flatMap((part) =>
    part.text
      .split(/( +)/)
      .filter((text) => text !== '')
      .map((text) => ({text, tone: part.tone, blank: text.trim() === ''})),
  )

/** Signs after which a long word may go on in the next line. */
const joints = /[|{,;/&?=](?=[^|{,;/&?=]*$)/

/** Where to cut a word whose first line holds `head`: after the last joint, where that leaves enough of the line. */
function jointIn(head: string): number {
  const at = joints.exec(head)?.index ?? -1
  return at + 1 > head.length * 0.4 ? at + 1 : head.length
}

/** A word longer than a line is cut where the line ends, or at a joint before it. */
function* pieces(word: Word, width: number): Generator<Word> {
  let rest = word.text
  while (cells(rest) > width) {
    const [fitting] = cut(rest, width)
    if (fitting === '') break
    const end = jointIn(fitting)
    yield {...word, text: rest.slice(0, end)}
    rest = rest.slice(end)
  }
  yield {...word, text: rest}
}

/** Breaks a line at blanks so that no part exceeds `width` cells; the parts after the first may have another `restWidth`. */
export function wrapLine(parts: Line, width: number, restWidth: number = width): Line[] {
  if (lineCells(parts) <= width) return [parts]
  const lines: Span[][] = [[]]
  let room = width
  for (const word of words(parts).flatMap((each) => [...pieces(each, Math.max(8, Math.min(width, restWidth)))])) {
    const size = cells(word.text)
    const current = lines.at(-1) ?? []
    if (size <= room) {
      if (!(word.blank && current.length === 0 && lines.length > 1)) {
        current.push({text: word.text, tone: word.tone})
        room -= size
      }
    } else if (!word.blank) {
      lines.push([{text: word.text, tone: word.tone}])
      room = restWidth - size
    } else room = 0
  }
  return lines.map(withoutTrailingBlank)
}

function withoutTrailingBlank(spans: Span[]): Line {
  const last = spans.at(-1)
  return last !== undefined && last.text.trim() === '' ? spans.slice(0, -1) : spans
}
