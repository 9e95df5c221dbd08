import {listing} from '../resources/catalogue.js'
import {isMosnTable} from '../resources/mosn.js'
import type {ResourceName, Where} from '../resources/resource.js'
import {commandNames} from '../shell/command-prompt.js'
import type {World} from '../world.js'

/** Something that can be searched for, and where it stands. */
export interface Thing {
  kind: string
  name: string
  /** Lower case. */
  text: string
  /** Its row in a table, or the command that it is. */
  to: {kind: 'row'; where: Where; row: number} | {kind: 'command'; command: string}
}

/** Tables whose rows can be searched for, each with what one of them is called. */
const ofPod: readonly (readonly [ResourceName, string])[] = [
  ['listeners', 'listener'],
  ['routes', 'route'],
  ['clusters', 'cluster'],
  ['endpoints', 'endpoint'],
  ['iptables', 'rule'],
]

function* rowsOf(world: World, where: Where, kind: string): Generator<Thing> {
  const rows = listing(world, where, new Date(0))
  const of = where.place === null ? '' : `   ${where.place}`
  for (let row = 0; row < rows.count; row += 1) {
    const name = rows.name(row)
    yield {kind, name, text: `${kind} ${name}${of}`.toLowerCase(), to: {kind: 'row', where, row}}
  }
}

const hasTable = (world: World, resource: ResourceName, place: string): boolean =>
  world.hasProxy(place) || (isMosnTable(resource) && world.hasMosn(place))

/**
 * Everything that can be searched for: what is at hand first, then pod by pod what its proxy and rules hold. Only what is asked for
 * is read.
 */
export function* thingsOf(world: World, first: string | null): Generator<Thing> {
  for (const command of commandNames)
    yield {kind: 'command', name: `:${command}`, text: `command ${command}`, to: {kind: 'command', command}}
  yield* rowsOf(world, {resource: 'pods', place: null, scope: null}, 'pod')
  yield* rowsOf(world, {resource: 'services', place: null, scope: null}, 'service')
  const others = world.pods.filter((pod) => pod !== first)
  for (const place of [...(first === null ? [] : [first]), ...others, ...world.document.nodes.map(({name}) => name)])
    for (const [resource, kind] of ofPod)
      if (resource === 'iptables' || (world.pods.includes(place) && hasTable(world, resource, place)))
        yield* rowsOf(world, {resource, place, scope: null}, kind)
}
