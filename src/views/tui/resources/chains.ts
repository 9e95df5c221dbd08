import {type Json, object, objects, text, typeName} from '../../table/field.js'
import {matchedPorts} from '../../table/matched-ports.js'
import {primaryAddress} from '../../table/socket.js'
import {chainRows, type WideListenerRow, wideListenerColumns} from '../../table/wide/listener.js'
import type {World} from '../world.js'
import {listenerName, listenersIn, listenerWords, type PlacedListener} from './listeners.js'
import {arranged, columnsOf, type Follow, type Listing, listingOf, nowhere, type Scope} from './resource.js'

interface ChainRow {
  row: WideListenerRow
  of: PlacedListener
  at: string
}

/** The name of a sidecar's listener that all inbound connections come to. */
const inbound = 'virtualInbound'

function rowsOf(dump: unknown, scope: Scope | null): ChainRow[] {
  const listeners = listenersIn(dump)
  const sidecar = listeners.some((of) => listenerName(of) === inbound)
  return listeners
    .filter((of) => isWanted(of, scope, sidecar))
    .flatMap((of) =>
      chainRows(of.stated)
        .filter((row) => takesPort(row, scope))
        .map((row) => ({row, of, at: placeOf(of, row)})),
    )
}

/** What comes in reaches a sidecar by virtualInbound, a gateway by the listener on its port. */
function isWanted(of: PlacedListener, scope: Scope | null, sidecar: boolean): boolean {
  if (scope?.kind === 'listener') return of.at === scope.at
  if (scope?.kind !== 'inbound') return true
  return sidecar ? listenerName(of) === inbound : primaryAddress(of.stated.listener).port === scope.port
}

/** Chains that ask for another port never take a connection to this one. */
function takesPort({listener, chain}: WideListenerRow, scope: Scope | null): boolean {
  if (scope?.kind !== 'inbound' || chain === null) return true
  const ports = matchedPorts(listener, chain)
  return ports.length === 0 || ports.includes(scope.port)
}

const placeOf = ({at}: PlacedListener, {place}: WideListenerRow): string =>
  place === '-' ? at : place === 'default' ? `${at}.default_filter_chain` : `${at}.filter_chains[${place}]`

const columns = arranged(
  columnsOf<ChainRow, WideListenerRow>(wideListenerColumns, ({row}) => row),
  ['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION', 'CHAIN', 'TLS', 'FILTERS'],
)

const chainName = ({row: {place, chain}, of}: ChainRow): string =>
  text(chain ?? undefined, 'name') ?? `${listenerName(of)} #${place}`

/** The routes that a chain asks, or the clusters of its TCP proxy. */
function follow(pod: string, scope: Scope | null, chain: ChainRow): Follow {
  if (scope?.kind === 'inbound' && listenerName(chain.of) === inbound)
    return {kind: 'table', where: {resource: 'iptables', place: pod, scope: null}}
  const filters = objects(chain.row.chain ?? undefined, 'filters')
  for (const [index, filter] of filters.entries()) {
    const config = object(filter, 'typed_config')
    const type = typeName(config)
    if (type.endsWith('.HttpConnectionManager'))
      return followHttp(pod, config, `${chain.at}.filters[${index}].typed_config.route_config`)
    if (type.endsWith('.TcpProxy')) return followTcp(pod, config)
  }
  return nowhere(`${chainName(chain)} leads to no route and no cluster`)
}

function followHttp(pod: string, config: Json | undefined, at: string): Follow {
  const inline = object(config, 'route_config')
  const rds = object(config, 'rds')
  if (inline) {
    const label = text(inline, 'name') ?? 'inline'
    return {kind: 'table', where: {resource: 'routes', place: pod, scope: {kind: 'inline', at, label}}}
  }
  if (rds === undefined) return nowhere('its routes are chosen by scope: see :routes')
  const name = text(rds, 'route_config_name') ?? ''
  return {kind: 'table', where: {resource: 'routes', place: pod, scope: {kind: 'route-config', name, label: name}}}
}

function followTcp(pod: string, config: Json | undefined): Follow {
  const weighted = objects(object(config, 'weighted_clusters'), 'clusters').map((one) => text(one, 'name') ?? '')
  const names = weighted.length > 0 ? weighted : [text(config, 'cluster') ?? '']
  return {
    kind: 'table',
    where: {resource: 'clusters', place: pod, scope: {kind: 'clusters', names, label: names.join(', ')}},
  }
}

export const chainsOf = (world: World, pod: string, scope: Scope | null): Listing =>
  listingOf({
    columns,
    rows: rowsOf(world.dump(pod), scope),
    name: chainName,
    source: ({row, of, at}) => ({file: 'config_dump.json', at, document: row.chain ?? of.stated.listener}),
    follow: (row) => follow(pod, scope, row),
    command: ({of}) => [...listenerWords(world, pod, of), '-o', 'wide'],
    target: (row) => ({kind: 'listener', pod, listener: listenerName(row.of), chain: Number(row.row.place) || 0}),
  })
