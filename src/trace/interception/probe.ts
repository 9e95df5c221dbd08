import {formatIpAddress} from '../../address/ip-address.js'
import {formatSocketAddress} from '../../address/socket-address.js'
import {sendDatagram} from '../../ebpf/evaluate/datagram.js'
import {effectiveProgram} from '../../ebpf/evaluate/programs.js'
import {capturedState} from '../../ebpf/evaluate/state.js'
import {evaluate} from '../../netfilter/evaluate/evaluate.js'
import type {Packet} from '../../netfilter/packet.js'
import {throughTc} from '../hooked.js'
import type {Mesh} from '../mesh.js'
import {incomingInterface, onTheWire} from '../netns.js'
import type {Place} from '../place.js'
import type {TraceRequest} from '../request.js'
import type {AppHop, ProxyHop, Trace} from '../trace.js'
import {walk} from '../walk.js'
import {isIntercepted} from './change-interception.js'
import {settingsOf} from './pod-settings.js'

/** What a mode does with something beside the request itself; null where it cannot be asked here. */
export interface Probes {
  /** An app that runs as the user that is left alone for the proxy. */
  proxyUser: {id: number; taken: boolean} | null
  /** An app that runs in its group. */
  proxyGroup: {id: number; taken: boolean} | null
  /** A port that the client's pod excludes. */
  excludedPort: {port: number; taken: boolean} | null
  /** A range that the client's pod excludes, by its first address. */
  excludedRange: {ip: string; taken: boolean} | null
  /** A question to the name server by UDP. */
  dns: {server: string; taken: boolean} | null
  /** A stranger's connection to the server's pod, from outside the mesh. */
  fromOutside: {to: string; taken: boolean} | null
}

/** Asks a mesh what it does with other connections of the request's pods. The facts are walked, as the request is. */
export function probe(mesh: Mesh, request: TraceRequest, trace: Trace): Probes {
  const client = mesh.pod(request.client.pod)
  const settings = client === null || !isIntercepted(client) ? null : settingsOf(mesh, client)
  const [uid] = settings?.proxyUids ?? []
  const [gid] = settings?.proxyGids ?? []
  const asUser = (change: Partial<TraceRequest['client']>): boolean =>
    goesToOwnProxy(walk(mesh, {...request, client: {...request.client, ...change}}, {explain: false}))
  return {
    proxyUser: uid === undefined ? null : {id: uid, taken: asUser({uid})},
    proxyGroup: gid === undefined ? null : {id: gid, taken: asUser({gid})},
    ...excluded(mesh, client, request),
    dns: client === null || !isIntercepted(client) ? null : askName(mesh, client, request),
    fromOutside: comeFromOutside(mesh, request, trace),
  }
}

/** Its own inbound side may see it all the same, where it calls itself. */
const goesToOwnProxy = ({branches: [branch]}: Trace): boolean =>
  branch?.hops.find((hop) => hop.place === 'netns')?.crossing === 'app-to-proxy'

/** A documentation address (RFC 5737), which nobody has. */
const stranger = {4: '192.0.2.7', 6: '2001:db8::7'} as const

function excluded(
  mesh: Mesh,
  client: Place | null,
  request: TraceRequest,
): Pick<Probes, 'excludedPort' | 'excludedRange'> {
  if (client === null || !isIntercepted(client)) return {excludedPort: null, excludedRange: null}
  const {excludeOutboundPorts, excludeOutboundRanges} = settingsOf(mesh, client)
  const [port] = excludeOutboundPorts
  const [range] = excludeOutboundRanges
  const version = client.facts?.ip?.includes(':') === true ? 6 : 4
  const isTaken = (ip: string, to: number): boolean => {
    const dst = formatSocketAddress({ip, port: to})
    const asked: TraceRequest = {
      ...request,
      url: null,
      method: null,
      httpVersion: null,
      connectTo: null,
      tcp: {dst, data: null},
    }
    return goesToOwnProxy(walk(mesh, asked, {explain: false}))
  }
  const ip = range === undefined ? null : formatIpAddress(range)
  return {
    excludedPort: port === undefined ? null : {port, taken: isTaken(stranger[version], port)},
    excludedRange: ip === null ? null : {ip, taken: isTaken(ip, 80)},
  }
}

const dnsPort = 53

/** The cluster's name server by the name that it always has; its usual address otherwise. */
function nameServer({snapshot}: Mesh): string {
  const service = snapshot.document.services.find(
    ({name, namespace}) => namespace === 'kube-system' && /dns/.test(name),
  )
  return service?.clusterIP ?? '10.96.0.10'
}

function askName(mesh: Mesh, client: Place, request: TraceRequest): Probes['dns'] {
  const server = nameServer(mesh)
  const {uid, gid} = request.client
  const {hooks} = client
  const found = hooks === null ? null : effectiveProgram(hooks.hooks, 'sendmsg', hooks.app?.path ?? null)
  if (hooks !== null && found !== null) {
    const actor = {
      cgroup: hooks.app?.id ?? null,
      cgroupPath: hooks.app?.path ?? null,
      pid: null,
      uid,
      podIp: client.facts?.ip ?? null,
      listens: client.environment.listeners ?? null,
    }
    const attempt = {actor, cookie: 'name', destination: {ip: server, port: dnsPort}}
    const sent = sendDatagram(hooks.hooks, capturedState(hooks.hooks), attempt, 'sendmsg')
    if (sent.redirected) return {server, taken: true}
  }
  const packet: Packet = {
    proto: 'udp',
    src: client.facts?.ip ?? '0.0.0.0',
    dst: server,
    sport: 40_000,
    dport: dnsPort,
    in: null,
    uid,
    gid,
    mark: 0,
    ctstate: 'NEW',
    ctdir: 'ORIGINAL',
  }
  const [branch] = evaluate(client.rulesets, client.environment, 'path-out', packet, {explain: false})
  return {server, taken: branch?.redirectedTo !== null && branch?.redirectedTo !== undefined}
}

/** Where the server's pod has a proxy: whether it takes what a host outside the mesh sends to the same port. */
function comeFromOutside(mesh: Mesh, {client}: TraceRequest, {branches: [branch]}: Trace): Probes['fromOutside'] {
  const server = branch?.hops.findLast(
    (hop, index): hop is AppHop | ProxyHop =>
      index > 0 && (hop.place === 'app' || (hop.place === 'proxy' && hop.pod !== client.pod)),
  )
  const place = server === undefined || server.pod === null ? null : mesh.pod(server.pod)
  const ip = place?.facts?.ip
  const port = server?.entered?.dport
  if (place === null || ip === undefined || port === undefined || !isIntercepted(place)) return null
  const syn: Packet = {
    proto: 'tcp',
    src: stranger[ip.includes(':') ? 6 : 4],
    dst: ip,
    sport: 40_000,
    dport: port,
    flags: ['SYN'],
    ttl: 62,
  }
  const incoming = onTheWire(syn, incomingInterface(place, ip))
  const entered = throughTc(place, incoming, new Map())
  const [came] = evaluate(place.rulesets, place.environment, 'path-in', entered.packet, {explain: false})
  const taken = entered.hooked.redirectedTo !== null || (came?.redirectedTo ?? null) !== null
  return {to: formatSocketAddress({ip, port}), taken}
}
