import type {SocketAddress} from '../../address/socket-address.js'
import type {ConfigDump, ListenerEntry, Located} from './config-dump.js'
import {type Extension, readExtension} from './extension.js'
import {at, boolean, duration, isObject, type JsonObject, member, number, object, objects, string} from './field.js'

/** An address that a listener listens on. */
export interface ListenerAddress {
  address: SocketAddress
  /** An IPv6 address that takes IPv4 connections too. */
  ipv4Compat: boolean
  at: string
}

/** One listener filter as configured. */
export interface ListenerFilter extends Extension {
  /** Where it is switched off, by the connection's local port; null: never. */
  disabled: JsonObject | null
}

/** A TCP or internal listener, with what decides which connections it takes and what it does before filter chains. */
export interface Listener extends Located {
  name: string
  /** The address, then the additional ones; none for an internal listener. */
  addresses: ListenerAddress[]
  /** False: it holds no socket, and only takes connections that are handed to it. */
  bindToPort: boolean
  useOriginalDst: boolean
  /** Its socket takes connections for any address (TPROXY). */
  transparent: boolean
  internal: boolean
  /** INBOUND, OUTBOUND or UNSPECIFIED. */
  trafficDirection: string
  filters: ListenerFilter[]
  /** Milliseconds that listener filters may wait for bytes; 0: for ever. Envoy's default is 15 s. */
  filtersTimeout: number
  continueOnTimeout: boolean
}

/** Reads a listener; null for UDP listeners and API listeners, which take no connections. */
export function readListener(dump: ConfigDump, {raw, at: here, name}: ListenerEntry): Listener | null {
  if (object(raw, 'udp_listener_config') || object(raw, 'api_listener')) return null
  const deprecated = object(raw, 'deprecated_v1')
  return {
    raw,
    at: here,
    name,
    addresses: readAddresses(raw, here),
    bindToPort: boolean(raw, 'bind_to_port') ?? (deprecated && boolean(deprecated, 'bind_to_port')) ?? true,
    useOriginalDst: boolean(raw, 'use_original_dst') ?? false,
    transparent: boolean(raw, 'transparent') ?? false,
    internal: object(raw, 'internal_listener') !== undefined || hasInternalAddress(raw),
    trafficDirection: string(raw, 'traffic_direction') ?? 'UNSPECIFIED',
    filters: readFilters(dump, raw, here),
    filtersTimeout: duration(raw, 'listener_filters_timeout') ?? 15_000,
    continueOnTimeout: boolean(raw, 'continue_on_listener_filters_timeout') ?? false,
  }
}

/** The configured filters, then those that Envoy appends for `use_original_dst` and the first chain's `use_proxy_proto`. */
function readFilters(dump: ConfigDump, raw: JsonObject, here: string): ListenerFilter[] {
  const configured = objects(raw, 'listener_filters').map((filter, index) => ({
    ...readExtension(dump, filter, at(here, 'listener_filters', index)),
    disabled: object(filter, 'filter_disabled') ?? null,
  }))
  const [firstChain] = objects(raw, 'filter_chains')
  return [
    ...configured,
    ...(boolean(raw, 'use_original_dst') ? [implied('original_dst.v3.OriginalDst', at(here, 'use_original_dst'))] : []),
    ...(firstChain && boolean(firstChain, 'use_proxy_proto')
      ? [implied('proxy_protocol.v3.ProxyProtocol', at(here, 'filter_chains', 0, 'use_proxy_proto'))]
      : []),
  ]
}

function implied(message: string, here: string): ListenerFilter {
  const name = `envoy.filters.listener.${message.slice(0, message.indexOf('.'))}`
  return {name, type: `envoy.extensions.filters.listener.${message}`, raw: {}, at: here, known: true, disabled: null}
}

const hasInternalAddress = (raw: JsonObject): boolean =>
  object(object(raw, 'address') ?? {}, 'envoy_internal_address') !== undefined

/** Addresses of TCP sockets; UDP ones take no connections. */
export function readAddresses(raw: JsonObject, here: string): ListenerAddress[] {
  const main = readAddress(member(raw, 'address'), at(here, 'address'))
  const more = objects(raw, 'additional_addresses').flatMap((entry, index) =>
    readAddress(member(entry, 'address'), at(here, 'additional_addresses', index, 'address')),
  )
  return [...main, ...more]
}

function readAddress(value: unknown, here: string): ListenerAddress[] {
  const socket = isObject(value) ? object(value, 'socket_address') : undefined
  if (!socket || string(socket, 'protocol') === 'UDP') return []
  return [
    {
      address: {ip: string(socket, 'address') ?? '', port: number(socket, 'port_value') ?? 0},
      ipv4Compat: boolean(socket, 'ipv4_compat') ?? false,
      at: here,
    },
  ]
}
