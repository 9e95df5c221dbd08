import {type Line, line, span, toned} from '../../styled.js'
import {fitLine, padLine, shorten} from '../../wrap.js'
import {windowStart} from '../layout.js'
import {type FindState, isSearching} from './find-state.js'
import type {Thing} from './things.js'

const placeOf = ({to}: Thing): string => (to.kind === 'row' ? (to.where.place ?? '') : '')

/** What was found, best first. */
export function findLines(find: FindState, width: number, height: number): Line[] {
  const {best, cursor, fitting, field} = find
  const state = isSearching(find) ? `searching, ${find.looked.toLocaleString('en-US')} looked at` : ''
  const count =
    field.text === ''
      ? 'type a part of a name: letters in order are enough, words in any order'
      : `${fitting.count.toLocaleString('en-US')} found`
  const head = line(span(' Search everything   ', 'strong'), span(count), span(`   ${state}`, 'dim'))
  const room = Math.max(1, height - 2)
  const start = windowStart(cursor, best.length, room)
  const nameWidth = Math.max(20, Math.floor((width - 14) * 0.62))
  const rows = best.slice(start, start + room).map(({thing}, index) => {
    const chosen = start + index === cursor
    const text = line(
      span(chosen ? '> ' : '  ', 'strong'),
      span(thing.kind.padEnd(10), 'dim'),
      ...padLine([span(shorten(thing.name, nameWidth), 'name')], nameWidth),
      span(`  ${shorten(placeOf(thing), Math.max(8, width - nameWidth - 15))}`, 'dim'),
    )
    return chosen ? toned(padLine(text, width), 'chosen') : fitLine(text, width)
  })
  return [fitLine(head, width), [], ...rows]
}
