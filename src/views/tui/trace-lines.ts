import {type Line, line, span} from '../styled.js'
import {padLine} from '../wrap.js'
import {comparisonLines} from './compare-lines.js'
import {detailLines} from './detail.js'
import {detailPaneLines} from './detail-pane.js'
import {editLines} from './edit-pane.js'
import {layoutOf, type ScreenLayout, textWidth} from './layout.js'
import {rowsIn, type State} from './state.js'
import {traceHead} from './top.js'
import {topLinesOf} from './top-lines.js'
import {treeLines} from './tree-pane.js'
import {menuLines} from './what-if/menu-lines.js'
import type {World} from './world.js'

function paneLines(state: State, world: World, layout: ScreenLayout): Line[] {
  const {both, body, tree, detail} = layout
  const left = (): Line[] =>
    treeLines({rows: rowsIn(state), cursor: state.cursor, focused: state.pane === 'tree', width: tree, height: body})
  const right = (): Line[] =>
    detailPaneLines({
      tab: state.tab,
      lines: detailLines(state, world.lookup, textWidth(detail)),
      scroll: state.scroll,
      focused: state.pane === 'detail',
      width: detail,
      height: body,
    })
  if (!both) return state.pane === 'tree' ? left() : right()
  const [ways, reasons] = [left(), right()]
  const bar = span('|', 'dim')
  return Array.from({length: body}, (_, row) => [...padLine(ways[row] ?? [], tree), bar, ...(reasons[row] ?? [])])
}

function bodyLines(state: State, world: World, layout: ScreenLayout): Line[] {
  const {overlay} = state
  const {width, body} = layout
  switch (overlay.kind) {
    case 'edit':
      return editLines({...overlay, pods: world.pods, width, height: body})
    case 'what-if':
      return menuLines(state, width, body)
    case 'difference':
      return comparisonLines(state, world, width, body)
    default:
      return paneLines(state, world, layout)
  }
}

/** The trace between the title and the rule above the keys. */
export function traceLines(state: State, world: World): Line[] {
  const layout = layoutOf(state.size, topLinesOf(state))
  const rule = line(span('-'.repeat(layout.width), 'dim'))
  return [...traceHead(state, layout.width), rule, ...bodyLines(state, world, layout)]
}
