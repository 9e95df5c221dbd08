import {graphemesOf} from '../graphemes.js'
import {cells, type Line, span} from '../styled.js'
import type {Field} from './field.js'

/** A field's text around its cursor, the part that fits; the cursor is the inverted cell. */
export function fieldLine({text, cursor}: Field, focused: boolean, width: number): Line {
  const parts = graphemesOf(text)
  if (!focused) return [span(takeFrom(parts, 0, width))]
  let start = cursor
  let used = 1
  while (start > 0 && used + cells(parts[start - 1] ?? '') <= width) {
    start -= 1
    used += cells(parts[start] ?? '')
  }
  const after = takeFrom(parts, cursor + 1, width - used)
  return [span(parts.slice(start, cursor).join('')), span(parts[cursor] ?? ' ', 'chosen'), span(after)]
}

function takeFrom(parts: readonly string[], from: number, width: number): string {
  let text = ''
  let room = width
  for (const part of parts.slice(from)) {
    room -= cells(part)
    if (room < 0) break
    text += part
  }
  return text
}
