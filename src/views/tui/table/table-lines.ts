import {cells, type Line, line, type Span, span, toned} from '../../styled.js'
import {fitLine, padLine, shorten} from '../../wrap.js'
import type {Size} from '../layout.js'
import type {Listing} from '../resources/resource.js'
import {spread} from '../top.js'
import {fitColumns, gap, type ShownColumn} from './columns.js'
import {progress, rowAt, shownCount} from './rows-shown.js'
import {roomForColumns, rowsOnScreen, type TableView} from './table-view.js'

const number = (value: number): string => value.toLocaleString('en-US')

/** How many rows there are, which of them are shown, and in which order. */
function countLine(view: TableView, width: number): Line {
  const {listing, shown, where} = view
  const of = where.place === null ? '' : ` of ${where.place}`
  const what = span(` ${where.resource}${of}`, 'strong')
  if (listing === null) return line(what, span('   reading ...', 'warn'))
  const count = shownCount(shown, listing)
  const done = progress(shown, listing)
  const busy = done < 1 ? `  (${Math.floor(done * 100)} %)` : ''
  const rows =
    shown.filter === ''
      ? `  ${number(count)}`
      : `  ${number(count)} of ${number(listing.count)} contain "${shown.filter}"`
  return spread(
    line(what, span(rows, shown.filter === '' ? 'plain' : 'warn'), span(busy, 'dim')),
    line(span(orderText(view, listing), 'dim')),
    width,
  )
}

function orderText({shown: {order, sorting}}: TableView, {titles}: Listing): string {
  const wanted = sorting?.order ?? order
  if (wanted === null) return ''
  return `${sorting === null ? 'sorted' : 'sorting'} by ${titles[wanted.column] ?? ''}${wanted.descending ? ', turned round' : ''}`
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - cells(text)))

/** A title with the signs that stand in the gaps beside it: brackets round the selected column, an arrow at the sorted one. */
function titleSpan(view: TableView, title: string, {column, width}: ShownColumn): Span {
  const {order} = view.shown
  const chosen = column === view.column
  const arrow = order?.column === column ? (order.descending ? 'v' : '^') : null
  const text = `${chosen ? '[' : ' '}${shorten(title, width)}${arrow ?? (chosen ? ']' : ' ')}`
  return span(pad(text, width + gap), chosen ? 'strong' : 'dim')
}

/** Titles; a sign at either end where columns are left. */
function titleLine(view: TableView, listing: Listing, columns: readonly ShownColumn[], width: number): Line {
  const parts = columns.map((shown) => titleSpan(view, listing.titles[shown.column] ?? '', shown))
  const last = columns.at(-1)?.column ?? 0
  const titles = [span(view.first > 0 ? '<' : ' ', 'strong'), ...parts]
  return last < listing.titles.length - 1
    ? [...padLine(titles, width - 1), span('>', 'strong')]
    : fitLine(titles, width)
}

function rowLine(
  view: TableView,
  listing: Listing,
  index: number,
  columns: readonly ShownColumn[],
  width: number,
): Line {
  const row = rowAt(view.shown, index)
  const chosen = index === view.cursor
  const parts = columns.flatMap(({column, width: own}, at): Span[] => {
    const text = shorten(listing.cell(row, column), own)
    const tone = listing.mark(row, column) ?? (column === 0 ? 'name' : 'plain')
    return [...(at === 0 ? [] : [span(' '.repeat(gap))]), span(pad(text, own), tone)]
  })
  const text = [span(chosen ? '> ' : '  ', 'strong'), ...parts]
  return chosen ? toned(padLine(text, width), 'chosen') : fitLine(text, width)
}

const emptyText = ({resource, scope}: TableView['where']): string => {
  const what = resource === 'iptables' ? 'rules' : resource
  return scope === null ? `  there are no ${what} here` : `  it has no ${what} of ${scope.label}`
}

const emptyLine = ({shown, where}: TableView): Line =>
  line(span(shown.filter === '' ? emptyText(where) : '  no row contains that text: esc shows all again', 'dim'))

/** A table between the title and the rule above the keys: the rows on the screen, and no others, are made. */
export function tableLines(view: TableView, size: Size): Line[] {
  const width = Math.max(10, size.columns)
  const {listing} = view
  if (listing === null) return [countLine(view, width)]
  const columns = fitColumns(view.widths, view.first, roomForColumns(size))
  const count = shownCount(view.shown, listing)
  const last = Math.min(count, view.top + rowsOnScreen(size))
  const rows = Array.from({length: Math.max(0, last - view.top)}, (_, index) =>
    rowLine(view, listing, view.top + index, columns, width),
  )
  return [
    countLine(view, width),
    titleLine(view, listing, columns, width),
    ...(rows.length === 0 ? [emptyLine(view)] : rows),
  ]
}
