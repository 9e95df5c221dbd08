import {shorten} from '../wrap.js'
import {labelGap, side} from './arrow.js'
import type {Leg} from './leg.js'
import type {Column, Plan, Station, Stop} from './plan.js'
import {element, text} from './xml.js'

/** Where everything stands, in user units. */
export interface Frame {
  width: number
  height: number
  columns: {x: number; width: number}[]
  /** The middle of each row of stations. */
  rows: Record<Station, number>
}

export const stationSize = {width: 128, height: 44}

/** From row to row, and above the first: the title of the box. */
const [rowHeight, headHeight] = [120, 78]

/** Wide enough for the words above and below the boxes. */
const narrowest = 760

/** Width of a character: of a label, of a box's title. */
const [labelCharacter, titleCharacter] = [6.65, 8]

const [narrowestBox, widestTitle, padding, gap] = [208, 300, 12, 16]

/** The labels of vertical arrows stand left and right of the stations; a node and a host outside have none. */
function widthOf({place}: Column, column: number, legs: readonly Leg[]): number {
  const own = legs.filter(({from, to}) => from.column === column && to.column === column)
  const longest = Math.max(0, ...own.map(({label}) => label.length))
  const labels = own.length === 0 ? 0 : 2 * (side + labelGap + longest * labelCharacter + padding)
  const title = Math.min(widestTitle, place.name.length * titleCharacter + 2 * padding)
  return Math.ceil(Math.max(narrowestBox, labels, title))
}

const order: readonly Station[] = ['app', 'netfilter', 'envoy']

/** Only rows that some box has take room. */
function rowsOf(columns: readonly Column[]): {rows: Frame['rows']; count: number} {
  const used = order.filter((station) => columns.some(({stations}) => stations.includes(station)))
  const y = (station: Station): number => headHeight + Math.max(0, used.indexOf(station)) * rowHeight
  return {rows: {app: y('app'), netfilter: y('netfilter'), envoy: y('envoy')}, count: used.length}
}

export function frameOf({columns}: Plan, legs: readonly Leg[]): Frame {
  const widths = columns.map((column, index) => widthOf(column, index, legs))
  const starts = widths.map((_, index) => widths.slice(0, index).reduce((sum, each) => sum + each + gap, 24))
  const {rows, count} = rowsOf(columns)
  const needed = widths.reduce((sum, width) => sum + width + gap, 2 * 24 - gap)
  return {
    width: Math.max(narrowest, needed),
    height: headHeight + (count - 1) * rowHeight + 64,
    columns: widths.map((width, index) => ({x: starts[index] ?? 0, width})),
    rows,
  }
}

/** The middle of a station. */
export function centre({columns, rows}: Frame, column: number, station: Station): {x: number; y: number} {
  const {x, width} = columns[column] ?? {x: 0, width: 0}
  return {x: x + width / 2, y: rows[station]}
}

const stationNames: Record<Station, string> = {app: 'app', netfilter: 'netfilter', envoy: 'Envoy'}

/** Where programs decided, they stand for what the kernel does, beside rules or without them. */
function stationName(station: Station, stops: readonly Stop[]): string {
  const hops = stops.flatMap(({hop: {hop}}) => (hop.place === 'netns' ? [hop] : []))
  if (station !== 'netfilter' || !hops.some(({ebpf}) => (ebpf?.programs.length ?? 0) > 0)) return stationNames[station]
  return hops.some(({rules}) => rules.length > 0) ? 'eBPF, netfilter' : 'eBPF'
}

function drawStation(name: string, {x, y}: {x: number; y: number}, failed: boolean): string {
  const words = `${failed ? '✕ ' : ''}${name}`
  const corner = {x: x - stationSize.width / 2, y: y - stationSize.height / 2}
  return (
    element('rect', {class: failed ? 'station failed' : 'station', ...corner, ...stationSize, rx: 6}) +
    text(x, y + 5, words, {anchor: 'middle', class: failed ? 'bad' : '', bold: true, size: 14})
  )
}

/** The boxes and the stations in them. */
export function drawBoxes({columns, stops}: Plan, frame: Frame): string {
  return columns
    .map(({place, stations}, column) => {
      const {x, width} = frame.columns[column] ?? {x: 0, width: 0}
      const name = shorten(place.name, Math.floor((width - 2 * padding) / titleCharacter))
      return [
        element('rect', {class: 'box', x, y: 8, width, height: frame.height - 24, rx: 10}),
        text(x + padding, 28, name, {size: 13, bold: true}),
        text(x + padding, 44, place.role, {size: 12, class: 'soft'}),
        ...stations.map((station) => {
          const own = stops.filter((stop) => stop.column === column && stop.station === station)
          const failed = own.some(({hop}) => hop.failed)
          return drawStation(stationName(station, own), centre(frame, column, station), failed)
        }),
      ].join('')
    })
    .join('')
}
