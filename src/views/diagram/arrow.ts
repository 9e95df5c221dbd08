import {shorten} from '../wrap.js'
import {centre, type Frame, stationSize} from './box.js'
import type {Plan, Stop} from './plan.js'
import {element, text} from './xml.js'

/** Down on the left, up on the right: both ways between two stations stay apart. */
const side = 30

const longestLabel = 15

interface Arrow {
  path: string
  /** The point and direction of the head. */
  head: {x: number; y: number; angle: number}
  /** Where the number stands. */
  mark: {x: number; y: number}
  label: {x: number; y: number; anchor: 'start' | 'middle' | 'end'}
}

function vertical(from: {x: number; y: number}, to: {x: number; y: number}): Arrow {
  const down = to.y > from.y
  const x = from.x + (down ? -side : side)
  const start = from.y + (down ? 1 : -1) * (stationSize.height / 2)
  const end = to.y - (down ? 1 : -1) * (stationSize.height / 2)
  const middle = (start + end) / 2
  return {
    path: `M${x} ${start}V${end}`,
    head: {x, y: end, angle: down ? 90 : -90},
    mark: {x, y: middle},
    label: {x: x + (down ? -15 : 15), y: middle + 4, anchor: down ? 'end' : 'start'},
  }
}

function across(from: {x: number; y: number}, to: {x: number; y: number}): Arrow {
  const direction = to.x > from.x ? 1 : -1
  const start = from.x + direction * (stationSize.width / 2)
  const end = to.x - direction * (stationSize.width / 2)
  const middle = (start + end) / 2
  return {
    path: `M${start} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`,
    head: {x: end, y: to.y, angle: direction > 0 ? 0 : 180},
    mark: {x: middle, y: (from.y + to.y) / 2},
    label: {x: middle, y: (from.y + to.y) / 2 - 16, anchor: 'middle'},
  }
}

/** What the hop did to send the request on, in a few words: where rules sent it, which endpoint an Envoy chose. */
function labelOf({hop}: Stop): string {
  if (hop.hop.place === 'proxy') return shorten(hop.hop.endpoint ?? hop.hop.cluster ?? '', longestLabel)
  return shorten((hop.sentences[0]?.subject ?? '').replace(/^to /, ''), longestLabel)
}

function drawArrow(arrow: Arrow, stop: Stop): string {
  const {head, mark, label} = arrow
  return (
    element('path', {class: 'way', d: arrow.path}) +
    element('path', {
      class: 'head',
      d: 'M0 0L-9 -5V5Z',
      transform: `translate(${head.x} ${head.y}) rotate(${head.angle})`,
    }) +
    element('circle', {class: 'number', cx: mark.x, cy: mark.y, r: 10}) +
    text(mark.x, mark.y + 4, String(stop.hop.number), {anchor: 'middle', class: 'number-text', size: 11}) +
    text(label.x, label.y, labelOf(stop), {anchor: label.anchor, class: 'mono', size: 11})
  )
}

/** One numbered arrow for each step that went on. */
export const arrowsOf = ({stops}: Plan, frame: Frame): string =>
  stops
    .map((stop, index) => {
      const next = stops[index + 1]
      if (next === undefined) return ''
      const from = centre(frame, stop.column, stop.station)
      const to = centre(frame, next.column, next.station)
      if (stop.column === next.column && stop.station === next.station) return ''
      return drawArrow(stop.column === next.column ? vertical(from, to) : across(from, to), stop)
    })
    .join('')
