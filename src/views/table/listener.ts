import type {Column, Table} from './column.js'
import {type Json, text} from './field.js'
import {chainDestination, chainMatch, chainsOf, listenerType} from './filter-chain.js'
import {goSort} from './go-sort.js'
import {matchedPorts} from './matched-ports.js'
import {listenerAddresses, primaryAddress} from './socket.js'

/** Which listeners are asked for; empty texts and port 0 ask for any. */
export interface ListenerFilter {
  /** One of the addresses, upper or lower case. */
  address: string
  /** The primary port. */
  port: number
  /** HTTP, TCP, HTTP+TCP or UNKNOWN, upper or lower case. */
  type: string
  /** A port that is served: by the listener's own, or by the one that a chain matches. */
  forPort: number
}

/** What listeners are filtered and sorted by. */
export interface ListenerKey {
  name: string
  /** All that istioctl shows, the primary one first. */
  addresses: string[]
  /** The primary one's, 0 for pipes and internal listeners. */
  port: number
  type: string
  /** The ports that it serves: its own, and those that its chains match. */
  ports: number[]
}

export interface ChainRow {
  match: string
  destination: string
  /** The destination ports that lead to the chain. */
  ports: number[]
}

/** What the short table shows of a listener. */
export interface ListenerSummary extends ListenerKey {
  /** In istioctl's order, which is that of the destinations, descending. */
  chains: ChainRow[]
}

export type ListenerRow = ListenerKey & Pick<ChainRow, 'match' | 'destination'>

/** Reads what the short table shows. */
export const listenerReader = {
  shape: {
    name: true,
    address: true,
    additional_addresses: true,
    filter_chain_matcher: true,
    filter_chains: {name: true, filter_chain_match: true, filters: true},
    default_filter_chain: {filter_chain_match: true, filters: true},
  },
  read: (listener: Json): ListenerSummary => ({
    ...listenerKey(listener),
    chains: goSort(
      chainsOf(listener).map((chain) => ({
        match: chainMatch(chain),
        destination: chainDestination(chain),
        ports: matchedPorts(listener, chain),
      })),
      (a, b) => a.destination > b.destination,
    ),
  }),
} as const

export const listenerKey = (listener: Json): ListenerKey => ({
  name: text(listener, 'name') ?? '',
  addresses: listenerAddresses(listener),
  port: primaryAddress(listener).port,
  type: listenerType(listener),
  ports: [primaryAddress(listener).port, ...chainsOf(listener).flatMap((chain) => matchedPorts(listener, chain))],
})

const nameColumn: Column<ListenerKey> = {title: 'NAME', cell: ({name}) => `listener/${name}`}
const placeColumns: readonly Column<ListenerKey>[] = [
  {title: 'ADDRESSES', cell: ({addresses}) => addresses.join(',')},
  {title: 'PORT', cell: ({port}) => String(port)},
]
const chainColumns: readonly Column<ListenerRow>[] = [
  {title: 'MATCH', cell: ({match}) => match},
  {title: 'DESTINATION', cell: ({destination}) => destination},
]
const typeColumn: Column<ListenerKey> = {title: 'TYPE', cell: ({type}) => type}

/** The listeners that pass the filter, in the dump's order. */
export function selectListeners<L extends ListenerKey>(listeners: readonly L[], filter: ListenerFilter): L[] {
  const [address, type] = [filter.address.toLowerCase(), filter.type.toLowerCase()]
  return listeners.filter(
    (listener) =>
      (address === '' || listener.addresses.some((own) => own.toLowerCase() === address)) &&
      (filter.port === 0 || listener.port === filter.port) &&
      (type === '' || listener.type.toLowerCase() === type) &&
      (filter.forPort === 0 || listener.ports.includes(filter.forPort)),
  )
}

/** By port, then address, then type, as istioctl sorts. */
export const sortListeners = <L extends ListenerKey>(listeners: readonly L[]): L[] =>
  goSort([...listeners], (a, b) => {
    if (a.port !== b.port) return a.port < b.port
    const [x, y] = [a.addresses[0] ?? '', b.addresses[0] ?? '']
    return x === y ? a.type < b.type : x < y
  })

/** A row for each chain (`verbose`) or for each listener; `inAll` puts the name in front. */
export function listenerTable(
  listeners: readonly ListenerSummary[],
  {verbose, forPort}: {verbose: boolean; forPort: number},
  inAll: boolean,
): Table<ListenerRow> {
  const columns = [...(inAll ? [nameColumn] : []), ...placeColumns, ...(verbose ? chainColumns : [typeColumn])]
  const rows = sortListeners(listeners).flatMap((listener): ListenerRow[] =>
    verbose
      ? listener.chains
          .filter(({ports}) => forPort === 0 || listener.port === forPort || ports.includes(forPort))
          .map((chain) => ({...listener, match: chain.match, destination: chain.destination}))
      : [{...listener, match: '', destination: ''}],
  )
  return {columns, rows}
}
