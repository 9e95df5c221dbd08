import type {Column, Table} from './column.js'
import {type Json, text} from './field.js'
import {chainDestination, chainMatch, chainsOf, listenerType} from './filter-chain.js'
import {goSort} from './go-sort.js'
import {listenerAddresses, primaryAddress} from './socket.js'

/** Which listeners are asked for; empty texts and port 0 ask for any. */
export interface ListenerFilter {
  /** One of the addresses, upper or lower case. */
  address: string
  /** The primary port. */
  port: number
  /** HTTP, TCP, HTTP+TCP or UNKNOWN, upper or lower case. */
  type: string
}

export interface ListenerRow {
  listener: Json
  /** Null in the table of listeners without their chains. */
  match: string | null
  destination: string
}

/** The members of a listener that the short table reads. */
export const listenerShape = {
  name: true,
  address: true,
  additional_addresses: true,
  filter_chains: {filter_chain_match: true, filters: true},
  default_filter_chain: {filter_chain_match: true, filters: true},
} as const

export const listenerName = (listener: Json): string => text(listener, 'name') ?? ''

const prefixed: Column<ListenerRow> = {title: 'NAME', cell: ({listener}) => `listener/${listenerName(listener)}`}
const places: readonly Column<ListenerRow>[] = [
  {title: 'ADDRESSES', cell: ({listener}) => listenerAddresses(listener).join(',')},
  {title: 'PORT', cell: ({listener}) => String(primaryAddress(listener).port)},
]
const chains: readonly Column<ListenerRow>[] = [
  {title: 'MATCH', cell: ({match}) => match ?? ''},
  {title: 'DESTINATION', cell: ({destination}) => destination},
]
const kind: readonly Column<ListenerRow>[] = [{title: 'TYPE', cell: ({listener}) => listenerType(listener)}]

/** The listeners that pass the filter, in the dump's order. */
export function selectListeners(listeners: readonly Json[], filter: ListenerFilter): Json[] {
  const [address, type] = [filter.address.toLowerCase(), filter.type.toLowerCase()]
  return listeners.filter(
    (listener) =>
      (address === '' || listenerAddresses(listener).some((own) => own.toLowerCase() === address)) &&
      (filter.port === 0 || primaryAddress(listener).port === filter.port) &&
      (type === '' || listenerType(listener).toLowerCase() === type),
  )
}

/** By port, then address, then type, as istioctl sorts. */
export function sortListeners(listeners: readonly Json[]): Json[] {
  const keyed = listeners.map((listener) => ({listener, ...primaryAddress(listener), type: listenerType(listener)}))
  goSort(keyed, (a, b) => {
    if (a.port !== b.port) return a.port < b.port
    if (a.address !== b.address) return a.address < b.address
    return a.type < b.type
  })
  return keyed.map(({listener}) => listener)
}

/** A row for each chain (`verbose`) or for each listener; `inAll` puts the name in front. */
export function listenerTable(listeners: readonly Json[], verbose: boolean, inAll: boolean): Table<ListenerRow> {
  const columns = [...(inAll ? [prefixed] : []), ...places, ...(verbose ? chains : kind)]
  const sorted = sortListeners(listeners)
  const rows = verbose
    ? sorted.flatMap(chainRows)
    : sorted.map((listener) => ({listener, match: null, destination: ''}))
  return {columns, rows}
}

const chainRows = (listener: Json): ListenerRow[] =>
  goSort(
    chainsOf(listener).map((chain) => ({listener, match: chainMatch(chain), destination: chainDestination(chain)})),
    (a, b) => a.destination > b.destination,
  )
