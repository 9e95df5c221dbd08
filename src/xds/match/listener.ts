import {type IpAddress, parseIpAddress, unmapped} from '../../address/ip-address.js'
import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {ConfigDump} from '../parse/config-dump.js'
import {type Listener, type ListenerAddress, readListener} from '../parse/listener.js'
import {ipOf} from './addresses.js'
import type {Direction} from './request.js'

/** Listeners by the addresses they stand at; the first of equal addresses wins, as Envoy refuses a second. */
interface ListenerIndex {
  listeners: Listener[]
  /** Those that hold a socket. */
  bound: AddressTable
  /** All that a connection can be handed to. */
  any: AddressTable
  byName: Map<string, Listener>
  byPort: Map<number, [Listener, ListenerAddress][]>
}

/** A listener, and which of its addresses takes the connection. */
export interface Found {
  listener: Listener
  address: ListenerAddress
}

type AddressTable = Map<string, Found>

const indexes = new WeakMap<ConfigDump, ListenerIndex>()

function indexOf(dump: ConfigDump): ListenerIndex {
  let index = indexes.get(dump)
  if (!index) {
    index = buildIndex(dump)
    indexes.set(dump, index)
  }
  return index
}

function buildIndex(dump: ConfigDump): ListenerIndex {
  const listeners = dump.listeners.flatMap((entry) => readListener(dump, entry) ?? [])
  const index: ListenerIndex = {listeners, bound: new Map(), any: new Map(), byName: new Map(), byPort: new Map()}
  for (const listener of listeners) {
    if (!index.byName.has(listener.name)) index.byName.set(listener.name, listener)
    for (const address of listener.addresses) enter(index, listener, address)
  }
  // An IPv6 wildcard that takes IPv4 too stands behind a listener of IPv4's own wildcard.
  for (const listener of listeners)
    for (const address of listener.addresses) if (isCompatWildcard(address)) enterCompat(index, listener, address)
  return index
}

const wildcard: Record<4 | 6, IpAddress> = {4: {version: 4, value: 0n}, 6: {version: 6, value: 0n}}

const keyOf = ({version, value}: IpAddress, port: number): string => `${version} ${value} ${port}`

const isCompatWildcard = ({address, ipv4Compat}: ListenerAddress): boolean => ipv4Compat && isWildcard(address)

function enter(index: ListenerIndex, listener: Listener, address: ListenerAddress): void {
  const {port} = address.address
  const ofPort = index.byPort.get(port)
  if (ofPort) ofPort.push([listener, address])
  else index.byPort.set(port, [[listener, address]])
  const ip = ipOf(address.address)
  if (ip) put(index, keyOf(address.ipv4Compat ? unmapped(ip) : ip, port), {listener, address})
}

const enterCompat = (index: ListenerIndex, listener: Listener, address: ListenerAddress): void =>
  put(index, keyOf(wildcard[4], address.address.port), {listener, address})

function put({bound, any}: ListenerIndex, key: string, found: Found): void {
  if (!any.has(key)) any.set(key, found)
  if (found.listener.bindToPort && !bound.has(key)) bound.set(key, found)
}

/** The exact address before the wildcard of its family. */
function find(table: AddressTable, {ip: text, port}: SocketAddress): Found | null {
  const ip = parseIpAddress(text)
  if (!ip) return null
  const plain = unmapped(ip)
  return table.get(keyOf(plain, port)) ?? table.get(keyOf(wildcard[plain.version], port)) ?? null
}

/** The listener whose socket accepts a connection to `address`. */
export const boundListener = (dump: ConfigDump, address: SocketAddress): Found | null =>
  find(indexOf(dump).bound, address)

/** The listener that a connection with the restored destination `address` is handed to. */
export const handOffTarget = (dump: ConfigDump, address: SocketAddress): Found | null =>
  find(indexOf(dump).any, address)

/** The internal listener that an address `envoy://LISTENER/ENDPOINT` leads to; of names that begin alike the longest. */
export function internalListener(dump: ConfigDump, address: string): Listener | null {
  const fitting = indexOf(dump).listeners.filter(
    ({internal, name}) => internal && address.startsWith(`envoy://${name}/`),
  )
  return fitting.sort((a, b) => b.name.length - a.name.length)[0] ?? null
}

/** Istio's listeners that all redirected connections enter by. */
const entryNames = {outbound: 'virtualOutbound', inbound: 'virtualInbound'} as const

/**
 * The listener that redirected connections enter by: Istio's, by its name, else the only bound listener of that
 * direction that restores original destinations.
 */
export function entryListener(dump: ConfigDump, direction: Exclude<Direction, 'direct'>): Listener | null {
  const index = indexOf(dump)
  const named = index.byName.get(entryNames[direction])
  if (named) return named
  const wanted = direction.toUpperCase()
  const restoring = index.listeners.filter(
    ({bindToPort, trafficDirection, filters}) =>
      bindToPort && trafficDirection === wanted && filters.some(({type}) => type.includes('.original_dst.')),
  )
  return restoring.length === 1 ? (restoring[0] ?? null) : null
}

/** How a listener was found at an address, with the others of the same port. */
export function listenerStep(
  dump: ConfigDump,
  level: string,
  address: SocketAddress,
  found: Found | null,
  mayBeUnbound: boolean,
): Step {
  const got = formatSocketAddress(address)
  const passedOver: PassedOver[] = []
  for (const [listener, {address: own, at}] of indexOf(dump).byPort.get(address.port) ?? [])
    if (listener !== found?.listener) passedOver.push(passedListener(listener, own, at, got, mayBeUnbound))
  return {
    at: found?.address.at ?? '$',
    level,
    decided: found?.listener.name ?? null,
    because: found ? [check('address', formatSocketAddress(found.address.address), got, true)] : [],
    passedOver,
  }
}

function passedListener(
  listener: Listener,
  own: SocketAddress,
  place: string,
  got: string,
  mayBeUnbound: boolean,
): PassedOver {
  const unbound = !mayBeUnbound && !listener.bindToPort
  return {
    at: place,
    name: listener.name,
    check: unbound
      ? check('bind_to_port', 'true', 'false', false)
      : check('address', formatSocketAddress(own), got, isWildcard(own)),
  }
}

const isWildcard = (address: SocketAddress): boolean => ipOf(address)?.value === 0n
