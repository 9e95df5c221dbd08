import {shorten} from '../wrap.js'
import type {Column, Plan, Station} from './plan.js'
import {element, text} from './xml.js'

/** Where everything stands, in user units. */
export interface Frame {
  width: number
  height: number
  columns: {x: number; width: number}[]
}

export const stationSize = {width: 128, height: 44}

const stationY: Record<Station, number> = {app: 56, netfilter: 176, envoy: 296}

const narrowest = 760

/** A pod has arrows on both sides of its stations; a node and a host outside have one station. */
const widthOf = ({stations}: Column): number => (stations.length > 1 ? 316 : 224)

export function frameOf({columns}: Plan): Frame {
  const widths = columns.map(widthOf)
  const needed = widths.reduce((sum, width) => sum + width, 0)
  const width = Math.max(narrowest, needed + 32)
  const starts = widths.map((_, index) =>
    widths.slice(0, index).reduce((sum, each) => sum + each, (width - needed) / 2),
  )
  return {width, height: 376, columns: widths.map((each, index) => ({x: starts[index] ?? 0, width: each}))}
}

/** The middle of a station. */
export function centre(frame: Frame, column: number, station: Station): {x: number; y: number} {
  const {x, width} = frame.columns[column] ?? {x: 0, width: 0}
  return {x: x + width / 2, y: stationY[station] + stationSize.height / 2}
}

const stationNames: Record<Station, string> = {app: 'app', netfilter: 'netfilter', envoy: 'Envoy'}

/** The boxes and the stations in them. */
export function boxesOf({columns, stops}: Plan, frame: Frame): string {
  return columns
    .map(({place, stations}, column) => {
      const {x: left, width} = frame.columns[column] ?? {x: 0, width: 0}
      const x = left + 8
      const box = element('rect', {class: 'box', x, y: 8, width: width - 16, height: 352, rx: 10})
      const title = text(x + 12, 28, shorten(place.name, Math.floor((width - 40) / 7.6)), {size: 13, bold: true})
      const role = text(x + 12, 44, place.role, {size: 12, class: 'soft'})
      const drawn = stations.map((station) => {
        const {x: middle, y} = centre(frame, column, station)
        const failed = stops.some((stop) => stop.column === column && stop.station === station && stop.hop.failed)
        return (
          element('rect', {
            class: failed ? 'station failed' : 'station',
            x: middle - stationSize.width / 2,
            y: y - stationSize.height / 2,
            ...stationSize,
            rx: 6,
          }) +
          text(middle, y + 5, `${failed ? '✕ ' : ''}${stationNames[station]}`, {
            anchor: 'middle',
            class: failed ? 'bad' : '',
            bold: true,
            size: 14,
          })
        )
      })
      return box + title + role + drawn.join('')
    })
    .join('')
}
