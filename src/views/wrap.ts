import {cells, type Line, lineCells, type Span} from './styled.js'

const graphemes = new Intl.Segmenter(undefined, {granularity: 'grapheme'})

/** The first part of `text` that fits `width` cells, and the rest. Never splits a wide character. */
function cut(text: string, width: number): [string, string] {
  if (cells(text) <= width) return [text, '']
  let used = 0
  for (const {segment, index} of graphemes.segment(text)) {
    const next = used + cells(segment)
    if (next > width) return [text.slice(0, index), text.slice(index)]
    used = next
  }
  return [text, '']
}

/** Long names lose their middle, never their end. */
export function shorten(text: string, width: number): string {
  if (cells(text) <= width) return text
  if (width < 5) return cut(text, Math.max(0, width))[0]
  const [head] = cut(text, Math.floor((width - 3) / 2))
  const room = width - 3 - cells(head)
  const parts = [...graphemes.segment(text)].map((part) => part.segment)
  let tail = ''
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const longer = `${parts[index] ?? ''}${tail}`
    if (cells(longer) > room) break
    tail = longer
  }
  return `${head}...${tail}`
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

/** A word longer than a line is cut where the line ends. */
function* pieces(word: Word, width: number): Generator<Word> {
  let rest = word.text
  while (cells(rest) > width) {
    const [head, tail] = cut(rest, width)
    if (head === '') break
    yield {...word, text: head}
    rest = tail
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
