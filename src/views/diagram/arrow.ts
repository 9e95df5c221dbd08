import {centre, type Frame, stationSize} from './box.js'
import type {Leg} from './leg.js'
import {element, text} from './xml.js'

/** Down on the left, up on the right: both ways between two stations stay apart. */
export const side = 30

/** From a vertical arrow to its label. */
export const labelGap = 15

interface Point {
  x: number
  y: number
}

interface Arrow {
  path: string
  /** The point and direction of the head. */
  head: Point & {angle: number}
  /** Where the number stands. */
  mark: Point
  label: Point & {anchor: 'start' | 'middle' | 'end'}
}

/** Arrows that share a line have their numbers one below the other. */
function vertical(from: Point, to: Point, {rank, of}: Leg): Arrow {
  const down = to.y > from.y
  const x = from.x + (down ? -side : side)
  const start = from.y + (down ? 1 : -1) * (stationSize.height / 2)
  const end = to.y - (down ? 1 : -1) * (stationSize.height / 2)
  const y = start + ((end - start) * (rank + 1)) / (of + 1)
  return {
    path: `M${x} ${start}V${end}`,
    head: {x, y: end, angle: down ? 90 : -90},
    mark: {x, y},
    label: {x: x + (down ? -labelGap : labelGap), y: y + 4, anchor: down ? 'end' : 'start'},
  }
}

function across(from: Point, to: Point): Arrow {
  const direction = to.x > from.x ? 1 : -1
  const start = from.x + direction * (stationSize.width / 2)
  const end = to.x - direction * (stationSize.width / 2)
  const middle = (start + end) / 2
  return {
    path: `M${start} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`,
    head: {x: end, y: to.y, angle: direction > 0 ? 0 : 180},
    mark: {x: middle, y: (from.y + to.y) / 2},
    // Beside a slope, above a level line.
    label:
      from.y === to.y
        ? {x: middle, y: from.y - 17, anchor: 'middle'}
        : {x: middle + labelGap, y: (from.y + to.y) / 2 + 4, anchor: 'start'},
  }
}

/** Out by a station and in by the same one: what leaves a pod comes back to it. */
function around({x, y}: Point): Arrow {
  const edge = x + stationSize.width / 2
  return {
    path: `M${edge} ${y - 12}C${edge + 44} ${y - 12} ${edge + 44} ${y + 12} ${edge} ${y + 12}`,
    head: {x: edge, y: y + 12, angle: 180},
    mark: {x: edge + 33, y},
    label: {x: edge + 33, y: y - 17, anchor: 'middle'},
  }
}

function arrowOf(leg: Leg, frame: Frame): Arrow {
  const [from, to] = [leg.from, leg.to].map(({column, station}) => centre(frame, column, station))
  if (from === undefined || to === undefined || (from.x === to.x && from.y === to.y))
    return around(from ?? {x: 0, y: 0})
  return from.x === to.x ? vertical(from, to, leg) : across(from, to)
}

const drawLine = ({path, head}: Arrow): string =>
  element('path', {class: 'way', d: path}) +
  element('path', {
    class: 'head',
    d: 'M0 0L-9 -5V5Z',
    transform: `translate(${head.x} ${head.y}) rotate(${head.angle})`,
  })

const drawWords = ({mark, label}: Arrow, leg: Leg): string =>
  text(label.x, label.y, leg.label, {anchor: label.anchor, class: 'mono label', size: 11}) +
  element('circle', {class: 'number', cx: mark.x, cy: mark.y, r: 10}) +
  text(mark.x, mark.y + 4, String(leg.number), {anchor: 'middle', class: 'number-text', size: 11})

/** One numbered arrow for each step that went on; words lie above lines. */
export function drawArrows(legs: readonly Leg[], frame: Frame): string {
  const arrows = legs.map((leg) => ({leg, arrow: arrowOf(leg, frame)}))
  return [
    ...arrows.filter(({leg}) => leg.rank === 0).map(({arrow}) => drawLine(arrow)),
    ...arrows.map(({leg, arrow}) => drawWords(arrow, leg)),
  ].join('')
}
