import {formatSocketAddress} from '../address/socket-address.js'
import type {Assumption} from '../decision/assumption.js'
import type {Weighted} from '../decision/probability.js'
import {evaluate} from '../netfilter/evaluate/evaluate.js'
import {route} from '../netfilter/evaluate/route.js'
import type {Packet} from '../netfilter/packet.js'
import type {PacketBranch} from '../netfilter/packet-trace.js'
import type {ServiceFacts} from '../snapshot/snapshot.js'
import {stopped} from './end.js'
import type {Walk} from './journey.js'
import {onTheWire} from './netns.js'
import {alone, type Passed, pass} from './pass.js'
import type {Place} from './place.js'
import type {NodeHop} from './trace.js'
import {ending, type Way} from './way.js'

/** A packet that left a pod, after the nodes between: who has its address, or how it ended on the way. */
export interface Passage extends Weighted {
  hops: NodeHop[]
  packet: Packet
  place: Place | null
  /** Not null where it got no further. */
  ending: Way | null
  assumptions: Assumption[]
}

/** From a pod's interface to the place that has the destination address, through the client's node and the server's. */
export function acrossNodes(walk: Walk, from: Place, packet: Packet): Passage[] {
  const name = from.facts?.node
  const node = name === undefined ? null : walk.mesh.node(name)
  const first = node === null || name === undefined ? withoutNode(walk, packet) : acrossNode(walk, from, node, packet)
  return first.flatMap((passage) => {
    const serverNode = passage.place?.facts?.node
    const second = serverNode === undefined || serverNode === name ? null : walk.mesh.node(serverNode)
    if (passage.ending !== null || second === null) return [passage]
    return acrossNode(walk, null, second, passage.packet).map((onward) => ({
      ...onward,
      probability: passage.probability * onward.probability,
      hops: [...passage.hops, ...onward.hops],
      assumptions: [...passage.assumptions, ...onward.assumptions],
    }))
  })
}

/** Without a node in the snapshot a service address is taken to be spread evenly, as kube-proxy does. */
function withoutNode(walk: Walk, packet: Packet): Passage[] {
  const service = walk.mesh.service(packet.dst)
  if (service === null) return [arrival(walk, packet, [], [])]
  const targets = targetsOf(service, packet.dport ?? 0)
  const address = formatSocketAddress({ip: packet.dst, port: packet.dport ?? 0})
  const about = `the rules of the node for ${address}, service ${service.namespace}/${service.name}`
  if (targets.length === 0) {
    const assumption = {
      about,
      assumed: 'it has no endpoint for this port, so the connection is refused',
      at: null,
      turn: null,
    }
    return [
      {...arrival(walk, packet, [], [assumption]), ending: ending('refused', {place: 'node', pod: null, address})},
    ]
  }
  const assumption = {about, assumed: 'kube-proxy spreads connections evenly over its endpoints', at: null, turn: null}
  return targets.map(({ip, port}) => ({
    ...arrival(walk, {...packet, dst: ip, dport: port}, [], [assumption]),
    probability: 1 / targets.length,
  }))
}

function targetsOf(service: ServiceFacts, port: number): {ip: string; port: number}[] {
  const served = service.ports?.find((candidate) => candidate.port === port)
  if (served === undefined) return []
  const target = typeof served.targetPort === 'number' ? served.targetPort : served.port
  return (service.endpoints ?? []).map(({ip}) => ({ip, port: target}))
}

const arrival = (walk: Walk, packet: Packet, hops: NodeHop[], assumptions: Assumption[]): Passage => ({
  probability: 1,
  hops,
  packet,
  place: walk.mesh.byAddress(packet.dst),
  ending: null,
  assumptions,
})

/** A pod reaches its neighbours on the same bridge without the node's routing; everything else is forwarded by its rules. */
function acrossNode(walk: Walk, from: Place | null, node: Place, packet: Packet): Passage[] {
  const incoming = from === null ? null : bridgeTowards(node, packet.src)
  const entered = onTheWire(packet, incoming ?? '')
  const neighbour = from !== null && route(from.environment, {dst: packet.dst}).gateway === null
  if (neighbour) return acrossBridge(walk, node, entered)
  return pass(walk, node, 'path-forward', alone(entered)).map((branch) => {
    const here = {
      probability: branch.probability,
      assumptions: [...node.gaps, ...branch.assumptions, ...hairpin(from, branch)],
    }
    const onward = route(node.environment, {dst: branch.packet.dst, ...(incoming !== null && {iif: incoming})})
    if (onward.kind === 'unreachable') return unreachable(walk, node, entered, here)
    return {...passed(walk, node, branch), ...here}
  })
}

const passed = (walk: Walk, node: Place, branch: Passed): Passage => {
  const passage = {
    ...arrival(walk, branch.packet, [nodeHop(node, branch.entered, branch)], []),
    probability: branch.probability,
  }
  return branch.verdict === 'accept'
    ? passage
    : {...passage, ending: stopped({place: 'node', pod: null, address: node.name}, branch)}
}

/** A pod that reaches itself through a service leaves its bridge port by the way it came in, which a port lets happen only when told. */
function hairpin(from: Place | null, {packet}: PacketBranch): Assumption[] {
  if (from === null || packet.dst !== from.facts?.ip) return []
  const about = `the bridge port of ${from.name}, which the node sends its own packet back to`
  return [{about, assumed: 'it is in hairpin mode', at: null, turn: null}]
}

/**
 * Between two ports of one bridge. Kernel: br_netfilter puts bridged packets to iptables' rules where
 * net.bridge.bridge-nf-call-iptables is 1, as Kubernetes asks of its nodes.
 */
function acrossBridge(walk: Walk, node: Place, entered: Packet): Passage[] {
  const setting = `net.bridge.bridge-nf-call-${entered.dst.includes(':') ? 'ip6tables' : 'iptables'}`
  const called = node.environment.sysctl?.[setting]
  const bridged = [
    {...arrival(walk, entered, [nodeHop(node, entered, untouched(entered))], []), assumptions: node.gaps},
  ]
  if (called === 0) return bridged
  const branches = pass(walk, node, 'path-forward', alone(entered))
  if (called === 1)
    return branches.map((branch) => ({
      ...passed(walk, node, branch),
      assumptions: [...node.gaps, ...branch.assumptions],
    }))
  const indifferent = branches.every(({verdict, redirectedTo}) => verdict === 'accept' && redirectedTo === null)
  if (indifferent) return bridged
  const about = `${setting} of ${node.name}`
  const assumed = '0: the node does not put bridged packets to its rules'
  return bridged.map((way) => ({...way, assumptions: [...way.assumptions, {about, assumed, at: null, turn: null}]}))
}

/** Routing comes after PREROUTING: without a route FORWARD and POSTROUTING are never asked. */
function unreachable(
  walk: Walk,
  node: Place,
  entered: Packet,
  here: Pick<Passage, 'probability' | 'assumptions'>,
): Passage {
  const [asked] = evaluate(node.rulesets, node.environment, 'prerouting', entered, {explain: walk.explain})
  const hop = nodeHop(node, entered, asked ?? untouched(entered))
  const end = ending('unreachable', {place: 'node', pod: null, address: null}, {details: `no_route: ${entered.dst}`})
  return {...arrival(walk, entered, [hop], []), ...here, place: null, ending: end}
}

/** The node's interface that a pod's packets come in by: the one that routes back to it. */
const bridgeTowards = (node: Place, pod: string): string | null => route(node.environment, {dst: pod}).dev

const untouched = (packet: Packet): PacketBranch => ({
  probability: 1,
  verdict: 'accept',
  redirectedTo: null,
  redirectedBy: null,
  rules: [],
  packet,
  assumptions: [],
  steps: [],
})

const nodeHop = (node: Place, entered: Packet, branch: PacketBranch): NodeHop => ({
  place: 'node',
  node: node.name,
  rules: branch.rules,
  verdict: branch.verdict,
  redirectedTo: branch.redirectedTo,
  entered,
  left: branch.packet,
  steps: branch.steps,
})
