import type {Located} from './config-dump.js'
import {at, boolean, type JsonObject, object, objects, string, strings, typeName} from './field.js'

/** How a cluster's connections are wrapped, as configured. */
export type TransportSocket = (
  | {kind: 'raw_buffer'; at: string}
  | UpstreamTls
  | {kind: 'unmodelled'; type: string; at: string}
) & {
  /** `internal_upstream` around it: an internal listener gets the filter state and this metadata. Absent without it. */
  handsOn?: PassthroughMetadata[]
}

/** Metadata that `internal_upstream` hands on to an internal listener. */
export interface PassthroughMetadata {
  of: 'host' | 'cluster'
  /** Its namespace. */
  name: string
}

/** An UpstreamTlsContext: what of it decides how the connection looks from outside. */
export interface UpstreamTls {
  kind: 'tls'
  /** Empty: none is sent, unless something overrides it. */
  sni: string
  /** The SNI is the hostname of the endpoint. */
  autoHostSni: boolean
  alpn: string[]
  /** Name of the SDS secret with the client certificate; `inline` for one in the context; null for none. */
  certificate: string | null
  /** The inline certificate's `certificate_chain` data source. */
  inlineChain: JsonObject | null
  at: string
}

/** A `transport_socket_matches` entry. */
export interface TransportSocketMatch {
  name: string
  /** The labels that `envoy.transport_socket_match` metadata of the endpoint must have. */
  match: JsonObject
  transportSocket: TransportSocket
  at: string
}

const tlsType = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext'
const rawBufferType = 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'

/** Wrappers that leave the bytes' outer protection to an inner socket. */
const wrappers = new Set([
  'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport',
  'envoy.extensions.transport_sockets.tap.v3.Tap',
  'envoy.extensions.transport_sockets.tcp_stats.v3.Config',
  'envoy.extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport',
])

const internalUpstream = 'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport'

/** Reads a `core.v3.TransportSocket`; an absent one is a raw buffer. */
export function parseTransportSocket(raw: JsonObject | undefined, place: string): TransportSocket {
  if (!raw) return {kind: 'raw_buffer', at: place}
  const config = object(raw, 'typed_config')
  const type = config ? typeName(config) : (string(raw, 'name') ?? '')
  const here = at(place, 'typed_config')
  if (type === tlsType && config) return parseUpstreamTls({raw: config, at: here})
  if (type === rawBufferType || type === 'envoy.transport_sockets.raw_buffer') return {kind: 'raw_buffer', at: place}
  if (config && type === internalUpstream)
    return {
      ...parseTransportSocket(object(config, 'transport_socket'), at(here, 'transport_socket')),
      handsOn: objects(config, 'passthrough_metadata').map(readPassthrough),
    }
  if (config && wrappers.has(type))
    return parseTransportSocket(object(config, 'transport_socket'), at(here, 'transport_socket'))
  return {kind: 'unmodelled', type, at: place}
}

/** Envoy refuses the other kinds of metadata. */
const readPassthrough = (source: JsonObject): PassthroughMetadata => ({
  of: object(object(source, 'kind') ?? {}, 'cluster') ? 'cluster' : 'host',
  name: string(source, 'name') ?? '',
})

function parseUpstreamTls({raw, at: place}: Located): UpstreamTls {
  const common = object(raw, 'common_tls_context') ?? {}
  const sds = objects(common, 'tls_certificate_sds_secret_configs')[0]
  const inline = objects(common, 'tls_certificates')[0]
  return {
    kind: 'tls',
    sni: string(raw, 'sni') ?? '',
    autoHostSni: boolean(raw, 'auto_host_sni') ?? false,
    alpn: strings(common, 'alpn_protocols'),
    certificate: (sds && string(sds, 'name')) ?? (inline ? 'inline' : null),
    inlineChain: (!sds && inline && object(inline, 'certificate_chain')) || null,
    at: place,
  }
}

export const parseTransportSocketMatches = (cluster: Located): TransportSocketMatch[] =>
  objects(cluster.raw, 'transport_socket_matches').map((entry, index) => {
    const here = at(cluster.at, 'transport_socket_matches', index)
    return {
      name: string(entry, 'name') ?? '',
      match: object(entry, 'match') ?? {},
      transportSocket: parseTransportSocket(object(entry, 'transport_socket'), at(here, 'transport_socket')),
      at: here,
    }
  })
