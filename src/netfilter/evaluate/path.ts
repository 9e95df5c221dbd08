import {formatIpAddress} from '../../address/ip-address.js'
import type {Hook, HookPath} from '../packet.js'
import type {Verdict} from '../packet-trace.js'
import {routesLoopback, runHook} from './hook.js'
import type {Stage} from './hook-order.js'
import {isLoopback, type RouteAnswer, routeIn} from './route.js'
import {assume, type Run, record} from './run.js'

/** What a hook asks, of the prepared rules. */
export type Way = (hook: Hook) => readonly Stage[]

/** Leads the packet through the hooks of its path, with the routing decisions between them. */
export function runPath(run: Run, path: HookPath, way: Way): Verdict {
  if (path === 'path-out') return inOrder(run, ['output', 'postrouting'], way)
  if (path === 'path-in' || path === 'path-forward') return receive(run, path, way)
  return inOrder(run, [path], way)
}

function inOrder(run: Run, hooks: readonly Hook[], way: Way): Verdict {
  for (const hook of hooks) {
    run.hook = hook
    const verdict = runHook(run, way(hook))
    if (verdict !== 'accept') return verdict
  }
  return 'accept'
}

/** PREROUTING, then where the route leads: INPUT, or FORWARD and POSTROUTING. */
function receive(run: Run, path: 'path-in' | 'path-forward', way: Way): Verdict {
  const {packet} = run
  const verdict = inOrder(run, ['prerouting'], way)
  if (verdict !== 'accept') return verdict
  // Over lo the packet keeps the route that it left with.
  if (packet.loopback) return inOrder(run, ['input'], way)
  const martian = martianReason(run) ?? sourceReason(run)
  if (martian !== null) return refuse(run, martian)
  const found = routeIn(run.surroundings, {dst: packet.dst, src: packet.src, mark: packet.mark, iif: packet.in})
  if (found.kind === 'unreachable') return refuse(run, found.because)
  const here = found.kind === 'unknown' ? path === 'path-in' : found.kind !== 'unicast'
  if (found.kind === 'unknown') noteUnknownRoute(run, here)
  else
    record(run, 'routing', 'route', here ? 'local' : `forward by ${found.dev}`, [
      {field: 'dst', want: found.because, got: formatIpAddress(packet.dst), holds: 'yes'},
    ])
  return here ? inOrder(run, ['input'], way) : forward(run, found, way)
}

function noteUnknownRoute(run: Run, here: boolean): void {
  const to = formatIpAddress(run.packet.dst)
  assume(run, {
    about: `the route to ${to}`,
    assumed: here ? 'is local' : 'leads to another machine',
    at: null,
    turn: '--env',
  })
}

function refuse(run: Run, because: string): Verdict {
  record(run, 'routing', 'route', 'drop', [
    {field: 'route', want: because, got: formatIpAddress(run.packet.dst), holds: 'no'},
  ])
  return 'drop'
}

/** Loopback addresses do not come from outside (ip_route_input_slow), unless route_localnet lets them. */
function martianReason(run: Run): string | null {
  const {packet} = run
  if (packet.in === null || packet.in === 'lo' || packet.version === 6) return null
  const martian = isLoopback(packet.dst) ? packet.dst : isLoopback(packet.src) ? packet.src : null
  return martian === null || routesLoopback(run, packet.in)
    ? null
    : `${formatIpAddress(martian)} is not accepted from ${packet.in}: route_localnet is off`
}

/**
 * Whether an IPv4 packet from outside may have its source (fib_validate_source): no address of this machine unless `accept_local` is set; with
 * `rp_filter` 1 the way back leads out by the interface it came in by, with 2 by any.
 */
function sourceReason({packet, surroundings}: Run): string | null {
  const {in: dev, version, src, dst} = packet
  if (version === 6 || dev === null || dev === 'lo') return null
  const setting = (name: string): number =>
    Math.max(...['all', dev].map((place) => surroundings.sysctl[`net.ipv4.conf.${place}.${name}`] ?? 0))
  const back = routeIn(surroundings, {dst: src, src: dst})
  const from = formatIpAddress(src)
  if (back.kind === 'local' && setting('accept_local') === 0)
    return `${from} is an address of this machine, and not accepted from ${dev}`
  const filter = setting('rp_filter')
  if (filter === 0 || back.kind === 'unknown' || back.kind === 'local') return null
  if (back.kind === 'unicast' && (filter === 2 || back.dev === dev)) return null
  return `${from} is not accepted from ${dev}: rp_filter is ${filter}, and ${back.kind === 'unicast' ? `the way back leads by ${back.dev}` : 'there is no way back'}`
}

function forward(run: Run, found: RouteAnswer, way: Way): Verdict {
  const {packet, surroundings} = run
  const name = packet.version === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding'
  if (surroundings.sysctl[name] === 0) return refuse(run, `${name} is 0: this machine does not forward`)
  if (surroundings.sysctl[name] === undefined) assume(run, {about: name, assumed: 'is 1', at: null, turn: '--env'})
  if (found.dev !== null) packet.out = found.dev
  // The TTL is taken down before the FORWARD hook sees it (ip_forward).
  if (packet.ttl !== null && packet.ttl <= 1) return refuse(run, 'the TTL is used up')
  if (packet.ttl !== null) packet.ttl--
  return inOrder(run, ['forward', 'postrouting'], way)
}
