import type {Cluster} from '../parse/cluster.js'
import type {Ask} from './ask.js'
import type {EndpointShare} from './result.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** What is spoken upstream. TCP has no protocol of its own; ALPN's outcome is assumed where the upstream decides it. */
export function upstreamProtocol(
  cluster: Cluster,
  endpoints: readonly EndpointShare[],
  {need}: Ask,
): Pick<UpstreamChoice, 'protocol' | 'assumptions'> {
  const {protocol} = cluster.http
  if (need.request === null || protocol === 'downstream') return {protocol: null, assumptions: []}
  if (protocol !== 'auto') return {protocol, assumptions: []}
  const offersHttp2 = endpoints.some(({transport}) => transport.kind === 'tls' && transport.alpn.includes('h2'))
  if (!offersHttp2) return {protocol: 'http1', assumptions: []}
  return {
    protocol: 'http2',
    assumptions: [
      {about: `ALPN of the endpoints of ${cluster.name}`, assumed: 'chooses h2', at: cluster.at, turn: null},
    ],
  }
}

const isV6 = (ip: string): boolean => ip.includes(':')

/** The bound address of the endpoints' own family; null where Envoy leaves it to the kernel. */
export function sourceAddressFor(cluster: Cluster, endpoints: readonly EndpointShare[]): string | null {
  const [first] = endpoints
  if (!first || cluster.bindAddresses.length === 0) return null
  const v6 = first.address.startsWith('[')
  return cluster.bindAddresses.find((ip) => isV6(ip) === v6) ?? cluster.bindAddresses[0] ?? null
}
