import type {InterceptedWay, InterceptionComparison} from '../../trace/interception/compare.js'
import {svgDocument} from '../diagram/svg.js'
import {wrapWords} from '../diagram/words.js'
import {element, text} from '../diagram/xml.js'
import {tellRequest} from '../story/request.js'
import {lineText} from '../styled.js'
import {shorten} from '../wrap.js'
import {endText, modeWords, sayBreak} from './facts.js'
import {stationsOf} from './stations.js'

const box = {width: 116, height: 38}
const between = 116
const left = 24

/** A lane for each way: its processes, and on the arrows what each connection costs. */
export function renderInterceptionSvg({request, ways}: InterceptionComparison): string {
  const most = Math.max(...ways.map(({path}) => path.length), 2)
  const width = Math.max(760, left * 2 + most * box.width + (most - 1) * between)
  const title = lineText(tellRequest(request))
  let y = 58
  const lanes = ways.map((way) => {
    const drawn = lane(way, y, width)
    y += drawn.height
    return drawn.svg
  })
  const description = ways
    .map(({mode, figures}) => `${mode}: ${figures.stackPasses} stack passes, ${figures.conntrack} conntrack entries`)
    .join('; ')
  return svgDocument(
    title,
    description,
    width,
    y + 12,
    text(left, 34, shorten(title, Math.floor(width / 9.6)), {size: 17, bold: true}) + lanes.join(''),
  )
}

function lane(way: InterceptedWay, top: number, width: number): {svg: string; height: number} {
  const {figures, mode, outcome, appSees} = way
  const failed = outcome.kind !== 'delivered'
  const cost = `${figures.stackPasses} stack passes a message, ${figures.conntrack} conntrack entries${appSees === null ? '' : `, the app sees ${appSees}`}`
  const head =
    text(left + 12, top + 24, mode, {size: 15, bold: true}) +
    text(left + 146, top + 24, `${failed ? '✕ ' : ''}${endText(way)}: ${cost}`, {
      size: 13,
      class: failed ? 'bad' : 'good',
    }) +
    text(left + 12, top + 43, modeWords[mode], {size: 12, class: 'soft'})
  const middle = top + 80
  const stations = stationsOf(way)
  const at = (index: number): number => left + 12 + index * (box.width + between - 14)
  const boxes = stations.map(({name, kind}, index) => station(at(index), middle, name, kind))
  const arrows = figures.connections.map((connection, index) => {
    const from = at(index) + box.width
    const to = index + 1 < stations.length ? at(index + 1) : from + between - 14
    return arrow(from, to, middle, connection)
  })
  const words = way.breaks.flatMap((each) =>
    wrapWords(`• ${sayBreak(each)}`, Math.floor((width - 2 * left - 24) / 6.4)),
  )
  const notes = words.map((each, index) => text(left + 12, middle + 46 + index * 16, each, {size: 12, class: 'soft'}))
  const height = 132 + words.length * 16
  const frame = element('rect', {class: 'box', x: left, y: top, width: width - 2 * left, height: height - 10, rx: 8})
  return {svg: frame + head + boxes.join('') + arrows.join('') + notes.join(''), height}
}

const station = (x: number, middle: number, name: string, kind: 'app' | 'proxy'): string =>
  element('rect', {class: 'station', x, y: middle - box.height / 2, ...box, rx: kind === 'proxy' ? 12 : 4}) +
  text(x + box.width / 2, middle + 5, shorten(name, 15), {anchor: 'middle', size: 13, bold: kind === 'proxy'})

function arrow(
  from: number,
  to: number,
  y: number,
  {stackPasses, conntrack, handedOver}: InterceptedWay['figures']['connections'][number],
): string {
  const middle = (from + to) / 2
  const cost = handedOver ? 'socket to socket' : `${stackPasses} passes`
  return (
    element('path', {
      class: 'way',
      d: `M${from + 3} ${y}H${to - 3}`,
      ...(handedOver ? {'stroke-dasharray': '5 4'} : {}),
    }) +
    element('path', {class: 'head', d: 'M0 0L-9 -5V5Z', transform: `translate(${to - 2} ${y})`}) +
    text(middle, y - 8, cost, {anchor: 'middle', size: 11}) +
    text(middle, y + 17, conntrack === 0 ? 'no conntrack' : `${conntrack} conntrack`, {
      anchor: 'middle',
      size: 11,
      class: 'soft',
    })
  )
}
