import {formatIpAddress} from '../../address/ip-address.js'
import type {Verdict} from '../packet-trace.js'
import {protocol} from '../protocols.js'
import {type ChainResult, runChain} from './chain.js'
import type {PlacedChain, Stage} from './hook-order.js'
import {followMapping, rememberMapping} from './mapping.js'
import {trackPacket} from './packet-state.js'
import {isLoopback, routeIn, sameAddress} from './route.js'
import {assume, type Run, record} from './run.js'

/** Asks everything that hangs on the hook; ACCEPT ends one chain only, the next one is asked. */
export function runHook(run: Run, stages: readonly Stage[]): Verdict {
  for (const stage of stages) {
    const verdict = runStage(run, stage)
    if (verdict !== 'accept') return verdict
  }
  run.packet.out = run.packet.newOut ?? run.packet.out
  run.packet.newOut = null
  return 'accept'
}

function runStage(run: Run, stage: Stage): Verdict {
  if (stage.kind === 'conntrack') {
    track(run)
    return 'accept'
  }
  return stage.kind === 'nat' ? runNat(run, stage.chains) : runFilter(run, stage.placed)
}

/** Conntrack looks the packet up, unless a rule said not to, or it was here before on its way out through lo. */
function track({packet, mapping}: Run): void {
  const {tracking} = packet
  const template = tracking.kind === 'entry' && tracking.connection.template
  if (tracking.kind === 'none' || template) packet.tracking = trackPacket(packet)
  if (mapping !== null && packet.tracking.kind === 'entry') rememberMapping(packet.tracking.connection, mapping)
}

const verdictOf = (result: ChainResult): Verdict => (result === 'return' ? 'accept' : result)

function runFilter(run: Run, {table, chain, base}: PlacedChain): Verdict {
  const before = run.packet.mark
  const verdict = verdictOf(runChain(run, table, chain))
  // Kernel: a chain of type route looks for a new route when it changed the mark.
  const reroute = verdict === 'accept' && base.type === 'route' && run.hook === 'output' && run.packet.mark !== before
  return reroute ? rerouted(run) : verdict
}

/** NAT chains are asked for the first packet of a connection only, until one of them sets a mapping (nf_nat_inet_fn). */
function runNat(run: Run, chains: readonly PlacedChain[]): Verdict {
  const {packet, hook} = run
  const side = hook === 'prerouting' || hook === 'output' ? 'dst' : 'src'
  if (packet.tracking.kind !== 'entry' || packet.natDone[side]) return 'accept'
  const {state} = packet.tracking.connection
  const icmp = packet.protocol === protocol.icmp || packet.protocol === protocol.icmpv6
  if (state === 'ESTABLISHED' || (state === 'RELATED' && icmp)) return followEntry(run, side)
  const before = packet.dst
  for (const {table, chain} of chains) {
    const verdict = verdictOf(runChain(run, table, chain))
    if (verdict !== 'accept') return verdict
    if (packet.natDone[side]) break
  }
  packet.natDone[side] = true
  return hook === 'output' && !sameAddress(before, packet.dst) ? rerouted(run) : 'accept'
}

/** No chain is asked: the entry leads the packet as its connection's first one was led. */
function followEntry(run: Run, side: 'src' | 'dst'): Verdict {
  const changed = followMapping(run, side)
  return changed && run.hook === 'output' ? rerouted(run) : 'accept'
}

/** The route of a packet of this machine's own that NAT or a mark has changed (ip_route_me_harder). */
function rerouted(run: Run): Verdict {
  const {packet, surroundings} = run
  const {kind, dev, because} = routeIn(surroundings, {dst: packet.dst, src: packet.src, mark: packet.mark})
  const to = formatIpAddress(packet.dst)
  if (kind === 'unknown') {
    assume(run, {
      about: `the route to ${to}`,
      assumed: `leaves by ${packet.out ?? 'the interface it had'}`,
      at: null,
      turn: '--env',
    })
    return 'accept'
  }
  if (kind === 'unreachable') return noWay(run, because)
  packet.newOut = dev
  if (dev !== 'lo' && isLoopback(packet.src) && !routesLoopback(run, dev)) {
    return noWay(run, `source ${formatIpAddress(packet.src)} does not leave the machine by ${dev}`)
  }
  record(run, 'routing', 'route', `out ${dev}`, [{field: 'dst', want: because, got: to, holds: 'yes'}])
  return 'accept'
}

function noWay(run: Run, because: string): Verdict {
  record(run, 'routing', 'route', 'drop', [
    {field: 'route', want: because, got: formatIpAddress(run.packet.dst), holds: 'no'},
  ])
  return 'drop'
}

/** IPv6 has no such switch: the kernel lets ::1 leave, and its receiver drops it. */
export function routesLoopback({packet, surroundings}: Run, dev: string | null): boolean {
  const {sysctl} = surroundings
  return packet.version === 6 || [`all`, dev ?? ''].some((name) => sysctl[`net.ipv4.conf.${name}.route_localnet`] === 1)
}
