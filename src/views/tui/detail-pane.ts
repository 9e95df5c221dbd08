import {type Line, line, span} from '../styled.js'
import {fitLine} from '../wrap.js'
import {detailRoom} from './layout.js'
import {type Tab, tabs} from './state.js'

export interface DetailProps {
  tab: Tab
  lines: readonly Line[]
  scroll: number
  focused: boolean
  width: number
  height: number
}

/** The tab in use stands in brackets: a sign that needs no colour. */
const tabLine = (tab: Tab, focused: boolean): Line =>
  line(
    ...tabs.flatMap((each) => [
      each === tab ? span(`[${each}]`, focused ? 'chosen' : 'strong') : span(` ${each} `, 'dim'),
      span(' '),
    ]),
  )

function moreLine(scroll: number, count: number, room: number): Line | null {
  const below = count - scroll - room
  if (below <= 0 && scroll === 0) return null
  return line(span(below > 0 ? `-- ${below} more lines below --` : '-- end --', 'dim'))
}

/** What is known of the selected step. */
export function detailPaneLines({tab, lines, scroll, focused, width, height}: DetailProps): Line[] {
  const room = detailRoom(height, lines.length)
  const scrolls = lines.length > room
  const start = Math.max(0, Math.min(scroll, lines.length - room))
  const more = scrolls ? moreLine(start, lines.length, room) : null
  const shown = [tabLine(tab, focused), ...lines.slice(start, start + room), ...(more === null ? [] : [more])]
  return shown.map((each) => fitLine([span(' '), ...each], width))
}
