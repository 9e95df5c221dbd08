import type {Assumption} from '../../decision/assumption.js'
import type {Cluster} from '../parse/cluster.js'
import type {Ask} from './ask.js'
import type {EndpointShare} from './result.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** What is spoken upstream; null as downstream, and for TCP. `auto` follows ALPN, and takes h2 where it is offered. */
export function upstreamProtocol(
  {http}: Cluster,
  endpoints: readonly EndpointShare[],
  {need}: Ask,
): UpstreamChoice['protocol'] {
  const speaksHttp = need.request !== null || need.tunnels === true
  if (!speaksHttp || http.protocol === 'downstream') return null
  if (http.protocol !== 'auto') return http.protocol
  return offersHttp2(endpoints) ? 'http2' : 'http1'
}

const offersHttp2 = (endpoints: readonly EndpointShare[]): boolean =>
  endpoints.some(({transport}) => transport.kind === 'tls' && transport.alpn.includes('h2'))

/** With `auto`, the endpoint has the last word. */
export function protocolAssumptions(cluster: Cluster, endpoints: readonly EndpointShare[], {need}: Ask): Assumption[] {
  if (need.request === null || cluster.http.protocol !== 'auto' || !offersHttp2(endpoints)) return []
  return [{about: `ALPN of the endpoints of ${cluster.name}`, assumed: 'chooses h2', at: cluster.at, turn: null}]
}

const isV6 = (ip: string): boolean => ip.includes(':')

/** The bound address of the endpoints' own family; null where Envoy leaves it to the kernel. */
export function sourceAddressFor(cluster: Cluster, endpoints: readonly EndpointShare[]): string | null {
  const [first] = endpoints
  if (!first || cluster.bindAddresses.length === 0) return null
  const v6 = first.address.startsWith('[')
  return cluster.bindAddresses.find((ip) => isV6(ip) === v6) ?? cluster.bindAddresses[0] ?? null
}
