import {parseIpAddress} from '../../address/ip-address.js'
import {inNetwork, networkOf} from '../../address/network.js'
import type {SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {type Check, check, type Ternary} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {type JsonObject, number, objects, text} from '../json.js'
import type {TcpProxyFilter} from '../parse/listener.js'
import type {MosnRequest} from './request.js'

export interface TcpRoute {
  cluster: string | null
  step: Step
  assumptions: Assumption[]
}

/** The cluster that a tcp_proxy filter names, else that of the first route whose addresses and ports the connection has. */
export function tcpRoute(filter: TcpProxyFilter, request: MosnRequest, original: SocketAddress | null): TcpRoute {
  const step = (cluster: string | null, because: Check[], passedOver: Step['passedOver'] = []): TcpRoute => ({
    cluster,
    step: {at: filter.at, level: 'tcp proxy', decided: cluster, because, passedOver},
    assumptions: [],
  })
  if (filter.cluster !== null) return step(filter.cluster, [])
  const passedOver: Step['passedOver'] = []
  for (const [index, route] of filter.routes.entries()) {
    const made = checksOf(route, request, original)
    const failed = made.find(({holds}) => holds !== 'yes')
    if (failed === undefined) return step(text(route, 'cluster'), made, passedOver)
    passedOver.push({at: filter.at, name: `#${index}`, check: failed})
  }
  return step(null, [], passedOver)
}

function checksOf(route: JsonObject, request: MosnRequest, original: SocketAddress | null): Check[] {
  const destination = original ?? request.dst
  return [
    addressCheck('source_addrs', route, request.src),
    addressCheck('destination_addrs', route, destination),
    portCheck('source_port', route, request.src),
    portCheck('destination_port', route, destination),
  ].filter((made) => made !== null)
}

function addressCheck(field: string, route: JsonObject, socket: SocketAddress | null): Check | null {
  const ranges = objects(route, field)
  if (ranges.length === 0) return null
  const want = ranges.map((range) => `${text(range, 'address') ?? ''}/${number(range, 'length') ?? 0}`).join(', ')
  const ip = socket === null ? null : parseIpAddress(socket.ip)
  const holds: Ternary = ip === null ? 'unknown' : ranges.some((range) => contains(range, ip)) ? 'yes' : 'no'
  return check(field, want, socket?.ip ?? '(not said)', holds)
}

function contains(range: JsonObject, ip: NonNullable<ReturnType<typeof parseIpAddress>>): boolean {
  const address = parseIpAddress(text(range, 'address') ?? '')
  return address !== null && inNetwork(networkOf(address, number(range, 'length') ?? 0), ip)
}

/** `80`, `1-100`, and lists of them. */
function portCheck(field: string, route: JsonObject, socket: SocketAddress | null): Check | null {
  const want = text(route, field)
  if (want === null) return null
  const fits = (part: string): boolean => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number)
    return socket !== null && socket.port >= from && socket.port <= to
  }
  return check(field, want, socket === null ? '(not said)' : String(socket.port), want.split(',').some(fits))
}
