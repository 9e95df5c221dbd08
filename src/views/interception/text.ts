import type {InterceptedWay, InterceptionComparison} from '../../trace/interception/compare.js'
import {tellRequest} from '../story/request.js'
import {type Line, line, lineText, span} from '../styled.js'
import {hanging} from '../text/layout.js'
import {colourTheme, paint} from '../theme.js'
import {type FactRow, factRows, modeWords, pathText, sayBreak} from './facts.js'

const gap = 2

/** A column for each way; null where they do not fit side by side. */
function sideBySide(ways: readonly InterceptedWay[], rows: readonly FactRow[], width: number): Line[] | null {
  const titles = rows.map(({title}) => title)
  const lead = Math.max(...titles.map((title) => title.length)) + gap
  const columns = ways.map((way) => [way.mode, ...rows.map(({cell}) => cell(way))])
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)) + gap)
  if (lead + widths.reduce((sum, each) => sum + each, 0) - gap > width) return null
  const head = line(
    span(''.padEnd(lead)),
    ...columns.map(([mode = ''], index) => span(mode.padEnd(widths[index] ?? 0), 'strong')),
  )
  const body = titles.map((title, row) =>
    line(
      span(title.padEnd(lead), 'dim'),
      ...columns.map((cells, index) => (cells[row + 1] ?? '').padEnd(widths[index] ?? 0)),
    ),
  )
  return [head, ...body]
}

/** A block for each way, where the window is too narrow for columns. */
const stacked = (ways: readonly InterceptedWay[], rows: readonly FactRow[]): Line[] => {
  const lead = Math.max(...rows.map(({title}) => title.length)) + gap
  return ways.flatMap((way, index) => [
    ...(index === 0 ? [] : [[]]),
    line(span(way.mode, 'strong')),
    ...rows.map(({title, cell}) => line(span(`  ${title.padEnd(lead)}`, 'dim'), cell(way))),
  ])
}

/** Ways of the same path are told once. */
function paths(ways: readonly InterceptedWay[], width: number): Line[] {
  const byPath = new Map<string, InterceptedWay[]>()
  for (const way of ways) byPath.set(pathText(way), [...(byPath.get(pathText(way)) ?? []), way])
  const lead = Math.max(...[...byPath.values()].map((same) => names(same).length)) + gap
  return [...byPath].flatMap(([path, same]) =>
    hanging(line(span(names(same), 'strong')), line(path), Math.min(lead, 44), width),
  )
}

const names = (ways: readonly InterceptedWay[]): string => ways.map(({mode}) => mode).join(', ')

/** What breaks, each once, with the modes that it breaks in. */
function breaks(ways: readonly InterceptedWay[], width: number): Line[] {
  const found = new Map<string, string[]>()
  for (const way of ways)
    for (const each of way.breaks) found.set(sayBreak(each), [...(found.get(sayBreak(each)) ?? []), way.mode])
  if (found.size === 0) return []
  const rows = [...found].flatMap(([words, modes]) => {
    const where = modes.length === ways.length ? 'every way' : modes.join(', ')
    return hanging([], line(span(where, 'warn'), `: ${words}`), 2, width)
  })
  return [[], line(span('What breaks, and where', 'strong')), ...rows]
}

const chance = (ways: readonly InterceptedWay[], width: number): Line[] =>
  ways.some(({branches}) => branches > 1)
    ? hanging(
        [],
        line(span('Of several ways the likeliest is counted; the others differ in what chance decides.', 'dim')),
        0,
        width,
      )
    : []

/** The ways of one request beside each other: figures that were counted on the way, and what breaks. */
export function renderInterceptionText(
  {request, ways}: InterceptionComparison,
  {width, colour}: {width: number; colour: boolean},
): string {
  const room = Math.max(60, width)
  const rows = factRows(ways)
  const lines = [
    tellRequest(request),
    ...chance(ways, room),
    [],
    ...(sideBySide(ways, rows, room) ?? stacked(ways, rows)),
    [],
    ...paths(ways, room),
    ...breaks(ways, room),
    [],
    ...ways.flatMap(({mode}) => hanging(line(span(mode, 'strong')), line(span(modeWords[mode], 'dim')), 14, room)),
  ]
  return `${lines.map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
}
