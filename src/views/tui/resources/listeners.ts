import type {Column} from '../../table/column.js'
import {stateMark} from '../../table/column.js'
import {text} from '../../table/field.js'
import {chainsOf as chainsOfListener, listenerType} from '../../table/filter-chain.js'
import {listenerAddresses, primaryAddress} from '../../table/socket.js'
import {wholeDestination} from '../../table/wide/chain.js'
import {dynamicListeners, listenerProtocol, type StatedListener, staticListener} from '../../table/wide/listener.js'
import type {World} from '../world.js'
import {type Follow, type Listing, listingOf} from './resource.js'
import {type Entry, entriesOf} from './sections.js'

/** A listener in one of its states, and its place in the dump. */
export interface PlacedListener {
  stated: StatedListener
  at: string
}

/** The listeners of a proxy in the dump's order, rejected ones too. */
export const listenersIn = (dump: unknown): PlacedListener[] => [
  ...entriesOf(dump, 'ListenersConfigDump', ['dynamic_listeners']).flatMap((entry) =>
    dynamicListeners(entry.entry).map((stated) => ({stated, at: placeOf(entry, stated)})),
  ),
  ...entriesOf(dump, 'ListenersConfigDump', ['static_listeners']).flatMap((entry) =>
    staticListener(entry.entry).map((stated) => ({stated, at: `${entry.at}.listener`})),
  ),
]

const placeOf = ({at}: Entry, {state, error}: StatedListener): string =>
  error === '' ? `${at}.${state.toLowerCase()}_state.listener` : `${at}.error_state`

export const listenerName = ({stated: {listener}}: PlacedListener): string => text(listener, 'name') ?? ''

/** The words that show a listener: its address is not enough where several share one. */
export const listenerWords = (world: World, pod: string, {stated: {listener}}: PlacedListener): string[] => {
  const {address, port} = primaryAddress(listener)
  const own = port === 0 ? [] : ['--port', String(port)]
  return ['pc', 'listener', ...world.proxyWords(pod), ...(address === '' ? [] : ['--address', address]), ...own]
}

const destinations = ({stated: {listener, error}}: PlacedListener): string => {
  if (error !== '') return error
  const found = [...new Set(chainsOfListener(listener).map(wholeDestination))]
  const [first = '-', ...more] = found
  return more.length === 0 ? first : `${first} + ${more.length} more`
}

const columns: readonly Column<PlacedListener>[] = [
  {title: 'ADDRESSES', cell: ({stated}) => listenerAddresses(stated.listener).join(',') || '-'},
  {title: 'PORT', cell: ({stated}) => String(primaryAddress(stated.listener).port)},
  {title: 'TYPE', cell: ({stated}) => listenerType(stated.listener)},
  {title: 'CHAINS', cell: ({stated}) => String(chainsOfListener(stated.listener).length)},
  {title: 'DESTINATION', cell: destinations, mark: ({stated}) => (stated.error === '' ? null : 'bad')},
  {title: 'NAME', cell: listenerName},
  {title: 'STATE', cell: ({stated}) => stated.state, mark: ({stated}) => stateMark(stated.state)},
  {title: 'PROTOCOL', cell: ({stated}) => listenerProtocol(stated.listener)},
]

const follow = (pod: string, row: PlacedListener): Follow => ({
  kind: 'table',
  where: {resource: 'chains', place: pod, scope: {kind: 'listener', at: row.at, label: listenerName(row)}},
})

export const listenersOf = (world: World, pod: string): Listing =>
  listingOf({
    columns,
    rows: listenersIn(world.dump(pod)),
    name: listenerName,
    source: ({stated, at}) => ({file: 'config_dump.json', at, document: stated.listener}),
    follow: (row) => follow(pod, row),
    command: (row) => listenerWords(world, pod, row),
    target: (row) => ({kind: 'listener', pod, listener: listenerName(row), chain: null}),
  })
