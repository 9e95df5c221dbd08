import {type Line, line, lineCells, type Span, span, toned} from '../styled.js'
import {fitLine, padLine, shorten} from '../wrap.js'
import {windowStart} from './layout.js'
import type {Row} from './rows.js'

export interface TreeProps {
  rows: readonly Row[]
  cursor: number
  focused: boolean
  width: number
  height: number
}

const openMark = (open: boolean): string => (open ? 'v ' : '> ')

function hopLine(row: Extract<Row, {kind: 'hop'}>, width: number): Line {
  const mark = row.failed ? span('x ', 'bad') : span('  ')
  const lead = line(
    mark,
    span(row.foldable ? openMark(row.open) : '  ', 'dim'),
    span(row.hop.label.padEnd(11), row.failed ? 'bad' : 'strong'),
  )
  const [only] = row.hop.sentences
  if (row.foldable || only === undefined) return lead
  const room = width - lineCells(lead)
  return line(...lead, span(shorten(only.subject, room), row.failed ? 'bad' : 'plain'))
}

function sentenceLine(row: Extract<Row, {kind: 'sentence'}>, width: number): Line {
  const {topic, subject, failed} = row.sentence
  const lead = line(span(failed ? 'x     ' : '      ', 'bad'), span(`${shorten(topic, 15).padEnd(15)} `, 'dim'))
  return line(...lead, span(shorten(subject, width - lineCells(lead)), failed ? 'bad' : 'plain'))
}

function rowLine(row: Row, width: number): Line {
  switch (row.kind) {
    case 'place':
      return line(span(openMark(row.open), 'dim'), span(row.place.name, 'strong'), span(`  ${row.place.role}`, 'dim'))
    case 'hop':
      return hopLine(row, width)
    case 'sentence':
      return sentenceLine(row, width)
    case 'end':
      return line(span(`  ${row.text}`, 'dim'))
  }
}

const pointer = (selected: boolean, focused: boolean): Span => span(selected ? (focused ? '>' : '-') : ' ', 'strong')

function shownRow(row: Row, selected: boolean, {width, focused}: TreeProps): Line {
  const text = padLine([pointer(selected, focused), ...fitLine(rowLine(row, width - 1), width - 1)], width)
  return selected && focused ? toned(text, 'chosen') : text
}

/** The way as a tree; the selected line is inverted, and marked with a sign for those who do not see that. */
export function treeLines(props: TreeProps): Line[] {
  const {rows, cursor, height} = props
  if (rows.length === 0) return [line(' nothing here contains that text')]
  const start = windowStart(cursor, rows.length, height)
  return rows.slice(start, start + height).map((row, index) => shownRow(row, start + index === cursor, props))
}
