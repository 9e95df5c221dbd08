import {type Column, stateMark, type Table} from '../column.js'
import {isTrue, type Json, object, text} from '../field.js'
import {chainsOf} from '../filter-chain.js'
import {matchedPorts} from '../matched-ports.js'
import {listenerAddresses, primaryAddress} from '../socket.js'
import {filterNames, listenerFilterNames, tlsMode, udpDestination, wholeDestination, wholeMatch} from './chain.js'
import {matcherPaths} from './matcher.js'
import {rejection} from './rejected.js'

/** A listener in one of the states that a dump tells of it. */
export interface StatedListener {
  /** ACTIVE, WARMING, DRAINING, STATIC; REJECTED where Envoy did not take an update. */
  state: string
  listener: Json
  /** Why it was rejected; empty for other states. */
  error: string
}

/** The listeners of an item of `dynamic_listeners`. */
export function dynamicListeners(entry: Json): StatedListener[] {
  const states = ['active', 'warming', 'draining'].flatMap((state): StatedListener[] => {
    const listener = object(object(entry, `${state}_state`), 'listener')
    return listener ? [{state: state.toUpperCase(), listener, error: ''}] : []
  })
  const rejected = rejection(entry, 'name', text(entry, 'name') ?? '')
  return rejected === null
    ? states
    : [...states, {state: 'REJECTED', listener: rejected.failed, error: rejected.details}]
}

export const staticListener = (entry: Json): StatedListener[] => {
  const listener = object(entry, 'listener')
  return listener ? [{state: 'STATIC', listener, error: ''}] : []
}

/** A chain of a listener, in Envoy's order; a listener without chains, and a rejected update, has one row. */
export interface WideListenerRow extends StatedListener {
  /** Place of the chain, or `default`. */
  place: string
  chain: Json | null
}

export const listenerProtocol = (listener: Json): string => {
  if (object(listener, 'internal_listener') || object(object(listener, 'address'), 'envoy_internal_address'))
    return 'internal'
  const address = object(listener, 'address')
  const socket = object(address, 'socket_address')
  if (text(socket, 'protocol') !== 'UDP') return socket ? 'TCP' : object(address, 'pipe') ? 'pipe' : '-'
  return object(object(listener, 'udp_listener_config'), 'quic_options') ? 'QUIC' : 'UDP'
}

export const wideListenerColumns: readonly Column<WideListenerRow>[] = [
  {title: 'NAME', cell: ({listener}) => text(listener, 'name') ?? ''},
  {title: 'STATE', cell: ({state}) => state, mark: ({state}) => stateMark(state)},
  {title: 'ADDRESSES', cell: ({listener}) => listenerAddresses(listener).join(',') || '-'},
  {title: 'PORT', cell: ({listener}) => String(primaryAddress(listener).port)},
  {title: 'PROTOCOL', cell: ({listener}) => listenerProtocol(listener)},
  {title: 'CHAIN', cell: ({place, chain}) => [place, text(chain ?? undefined, 'name') ?? ''].join(' ').trim()},
  {title: 'MATCH', cell: ({listener, chain}) => (chain === null ? '-' : chainCondition(listener, chain))},
  {title: 'TLS', cell: ({chain}) => (chain === null ? '-' : tlsMode(chain))},
  {
    title: 'FILTERS',
    cell: ({listener, chain}) => (chain === null ? listenerFilterNames(listener) : filterNames(chain)),
  },
  {
    title: 'DESTINATION',
    cell: ({chain, listener, error}) => error || (chain === null ? bareDestination(listener) : wholeDestination(chain)),
    mark: ({error}) => (error === '' ? null : 'bad'),
  },
]

const bareDestination = (listener: Json): string =>
  udpDestination(listener) ?? (isTrue(listener, 'use_original_dst') ? 'handed to the original destination' : 'no chain')

/** A listener with a matcher tree chooses its chains by that; their own conditions do not count then. */
const chainCondition = (listener: Json, chain: Json): string => {
  const tree = object(listener, 'filter_chain_matcher')
  if (tree === undefined) return wholeMatch(chain)
  if (chain === object(listener, 'default_filter_chain')) return 'any'
  return matcherPaths(tree, text(chain, 'name') ?? '').join(' or ') || 'never'
}

/** Every chain of every listener: chains in their own order, the default chain last and named so. */
export function wideListenerTable(listeners: readonly StatedListener[], port: number): Table<WideListenerRow> {
  const rows = listeners
    .flatMap(chainRows)
    .filter(({listener, chain}) => port === 0 || servesPort(listener, chain, port))
    .map((row, index) => ({row, index, port: primaryAddress(row.listener).port}))
    .sort((a, b) => a.port - b.port || a.index - b.index)
    .map(({row}) => row)
  return {columns: wideListenerColumns, rows}
}

export function chainRows(stated: StatedListener): WideListenerRow[] {
  const {listener} = stated
  const fallback = object(listener, 'default_filter_chain')
  const chains = stated.error === '' ? chainsOf(listener) : []
  const rows = chains.map((chain, index) => ({
    ...stated,
    place: chain === fallback ? 'default' : String(index),
    chain,
  }))
  return rows.length > 0 ? rows : [{...stated, place: '-', chain: null}]
}

/** Does the chain take connections to this port: by its listener's own port, or by the port it matches? */
export const servesPort = (listener: Json, chain: Json | null, port: number): boolean =>
  primaryAddress(listener).port === port || (chain !== null && matchedPorts(listener, chain).includes(port))
