import type {Weighted} from '../../decision/probability.js'
import type {Cluster} from '../parse/cluster.js'
import type {LbEndpoint} from '../parse/endpoint.js'
import {type JsonObject, object} from '../parse/field.js'
import type {PassthroughMetadata, TransportSocket, UpstreamTls} from '../parse/upstream-transport.js'
import type {Ask} from './ask.js'
import {certificateIdentity} from './certificate-identity.js'
import type {Host} from './host.js'
import type {EndpointShare, UpstreamTransport} from './result.js'
import {chooseTransportSocket} from './transport-socket.js'

/** An endpoint as the answer shows it, with what is put on the wire towards it. */
export function endpointShare(cluster: Cluster, host: Host, {probability}: Weighted, ask: Ask): EndpointShare {
  const socket = chooseTransportSocket(cluster, host).decided ?? cluster.transportSocket
  const passed = socket.handsOn && passedMetadata(socket.handsOn, cluster, host)
  return {
    probability,
    address: host.endpoint.address,
    health: host.health.status,
    locality: host.locality,
    priority: host.priority,
    transport: transportOf(socket, cluster, host.endpoint, ask),
    at: host.endpoint.at,
    ...(passed ? {passed} : {}),
    ...(ask.need.hostOfEndpoint && host.endpoint.hostname !== '' ? {hostname: host.endpoint.hostname} : {}),
  }
}

/** What `internal_upstream` hands on. Of two sources with one name, the later one counts. */
function passedMetadata(
  sources: readonly PassthroughMetadata[],
  cluster: Cluster,
  {endpoint}: Host,
): Record<string, JsonObject> {
  const passed: Record<string, JsonObject> = {}
  for (const {of, name} of sources) {
    const values = object(of === 'cluster' ? cluster.metadata : endpoint.metadata, name)
    if (values) passed[name] = values
  }
  return passed
}

function transportOf(socket: TransportSocket, cluster: Cluster, endpoint: LbEndpoint, ask: Ask): UpstreamTransport {
  switch (socket.kind) {
    case 'raw_buffer':
      return {kind: 'plaintext'}
    case 'unmodelled':
      return {kind: 'unmodelled', type: socket.type, at: socket.at}
    case 'tls':
      return {
        kind: 'tls',
        sni: sniOf(socket, cluster, endpoint, ask),
        alpn: alpnOf(socket, cluster, ask),
        certificate: socket.certificate,
        identity: certificateIdentity(ask.envoy, socket),
        at: socket.at,
      }
  }
}

const isIp = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':')

/** `auto_sni` (the request's host, unless it is an address), then `auto_host_sni` (the endpoint's name), then `sni`. */
function sniOf(socket: UpstreamTls, cluster: Cluster, endpoint: LbEndpoint, {need}: Ask): string | null {
  const {autoSni, autoSniHeader} = cluster.http
  if (autoSni && need.request) {
    const header = need.request.headers.find(([name]) => name.toLowerCase() === autoSniHeader)?.[1]
    const host = hostOf(header || need.request.authority || '')
    if (host !== '' && !isIp(host)) return host
  }
  if (socket.autoHostSni && endpoint.hostname !== '') return endpoint.hostname
  return socket.sni || null
}

/** The host of an authority, without port and brackets. */
export function hostOf(authority: string): string {
  const v6 = /^\[([^\]]*)\]/.exec(authority)
  return v6?.[1] ?? authority.replace(/:\d*$/, '')
}

/** Configured protocols, else what the connection pool would offer for the HTTP versions that it can speak. */
function alpnOf(socket: UpstreamTls, cluster: Cluster, {need, connection}: Ask): string[] {
  if (socket.alpn.length > 0 || (need.request === null && !need.tunnels)) return socket.alpn
  switch (cluster.http.protocol) {
    case 'http1':
      return ['http/1.1']
    case 'http2':
      return ['h2']
    case 'http3':
      return ['h3']
    case 'auto':
      return ['h2', 'http/1.1']
    case 'downstream':
      return [connection.protocol === 'http2' ? 'h2' : 'http/1.1']
  }
}
