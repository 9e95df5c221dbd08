import {type Line, line, span, toned} from '../../styled.js'
import {fitLine, padLine, shorten} from '../../wrap.js'
import {windowStart} from '../layout.js'
import type {State} from '../state.js'

/** The menu of what-ifs: a cross in brackets for those that are on. */
export function menuLines({overlay, edits}: State, width: number, height: number): Line[] {
  if (overlay.kind !== 'what-if') return []
  const {choices, cursor} = overlay
  const head = line(
    span(' What if ...', 'strong'),
    span('   space or enter switches, 0 switches all off, esc closes; nothing is touched', 'dim'),
  )
  const room = Math.max(1, height - 2)
  const start = windowStart(cursor, choices.length, room)
  const rows = choices.slice(start, start + room).map(({edit, says}, index) => {
    const chosen = start + index === cursor
    const on = edits.includes(edit)
    const lead = `${chosen ? '>' : ' '} ${on ? '[x]' : '[ ]'} `
    const text = line(span(lead, on ? 'warn' : 'plain'), span(shorten(says, width - lead.length)))
    return chosen ? toned(padLine(text, width), 'chosen') : fitLine(text, width)
  })
  return [fitLine(head, width), [], ...rows]
}
