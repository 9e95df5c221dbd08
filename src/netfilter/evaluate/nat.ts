import {formatIpAddress, type IpAddress} from '../../address/ip-address.js'
import {inNetwork, type Network} from '../../address/network.js'
import type {InterfaceAddress} from '../environment/surroundings.js'
import type {Expression, Value} from '../expression.js'
import {hasPorts} from '../protocols.js'
import type {Rule} from '../ruleset.js'
import type {Action, AddressRange, NatRange, NumberRange} from '../statement.js'
import {accept, drawElement, drop, next, type Performed} from './action.js'
import type {FindSet} from './compare.js'
import {lookUp} from './compare.js'
import {type Loaded, load} from './expression-value.js'
import {isConfirmed} from './packet-state.js'
import {isLoopback, routeIn} from './route.js'
import {assume, type Run} from './run.js'

/** Gives the connection a new destination, and with it the packet (nf_nat_setup_info). */
function setDestination(run: Run, by: 'REDIRECT' | 'DNAT', address: IpAddress, port: number | null): Performed {
  const {packet} = run
  if (isConfirmed(packet)) return accept
  const changes =
    address.value !== packet.dst.value || (hasPorts(packet.protocol) && port !== null && port !== packet.dport)
  packet.dst = address
  if (hasPorts(packet.protocol) && port !== null) packet.dport = port
  packet.natDone.dst = true
  // A socket that TPROXY chose stays chosen, whatever NAT makes of the destination afterwards.
  if (changes && packet.redirected?.by !== 'TPROXY') {
    packet.redirected = {by, address, port: hasPorts(packet.protocol) ? packet.dport : null}
  }
  if (packet.tracking.kind === 'entry') {
    packet.tracking.connection.replsrc = address
    packet.tracking.connection.replsrcport = packet.dport ?? packet.tracking.connection.replsrcport
  }
  return accept
}

function setSource(run: Run, address: IpAddress | null, port: number | null): Performed {
  const {packet} = run
  if (isConfirmed(packet)) return accept
  if (address !== null) packet.src = address
  if (hasPorts(packet.protocol) && port !== null) packet.sport = port
  packet.natDone.src = true
  if (packet.tracking.kind === 'entry') {
    packet.tracking.connection.repldst = packet.src
    packet.tracking.connection.repldstport = packet.sport ?? packet.tracking.connection.repldstport
  }
  return accept
}

/** A single port is taken; a present port that lies in the range stays; otherwise chance draws one. */
function choosePort(run: Run, {ports, random}: NatRange, present: number | null, rule: Rule): number | null {
  if (ports !== null && ports.low === ports.high) return ports.low
  if (!random && (ports === null || (present !== null && ports.low <= present && present <= ports.high))) return present
  if (!hasPorts(run.packet.protocol)) return present
  run.packet.drawnPort = true
  const range: NumberRange = ports ?? {low: 1024, high: 65535}
  assume(run, {
    about: 'the port that NAT draws',
    assumed: `is ${ports ? range.low : present}, out of ${range.low}-${range.high}`,
    at: rule.name,
    turn: null,
  })
  return ports ? range.low : present
}

/** One address of the range: the kernel picks by a hash of the connection, which for us is chance. */
function chooseAddress(run: Run, range: AddressRange): IpAddress {
  const count = Number(range.high - range.low) + 1
  const index = count > 1 && count <= 256 ? run.draw(new Array<number>(count).fill(1 / count)) : 0
  return {version: range.version, value: range.low + BigInt(index)}
}

/** REDIRECT: the loopback address for packets of this machine, else the incoming interface's own first address. */
export function redirect(run: Run, range: NatRange, rule: Rule): Performed {
  const {packet} = run
  const address = run.hook === 'output' ? loopbackAddress(packet.version) : incomingAddress(run, rule)
  return address === null ? drop : setDestination(run, 'REDIRECT', address, choosePort(run, range, packet.dport, rule))
}

const loopbackAddress = (version: 4 | 6): IpAddress => ({version, value: version === 4 ? 0x7f000001n : 1n})

/** null: the interface has no address that fits, and the kernel drops the packet (nf_nat_redirect_ipv4, _ipv6). */
function incomingAddress(run: Run, rule: Rule): IpAddress | null {
  const {packet, surroundings} = run
  const own = surroundings.interfaces?.get(packet.in ?? '')
  if (own === undefined) {
    const to = packet.in === 'lo' ? loopbackAddress(packet.version) : packet.dst
    assume(run, {
      about: `the first address of ${packet.in ?? 'the incoming interface'}`,
      assumed: `is ${formatIpAddress(to)}`,
      at: rule.name,
      turn: '--addr',
    })
    return to
  }
  return (
    own.find(
      ({address}) => address.version === packet.version && (packet.version === 4 || sameScope(address, packet.dst)),
    )?.address ?? null
  )
}

/** IPv6 addresses are redirected within their scope: link-local to link-local, loopback to loopback. */
const sameScope = (a: IpAddress, b: IpAddress): boolean => scope(a) === scope(b)

const scope = (address: IpAddress): 'link' | 'host' | 'global' =>
  isLoopback(address) ? 'host' : address.value >> 118n === 0x3fan ? 'link' : 'global'

/** DNAT and SNAT. */
export function addressNat(run: Run, {side, range}: Extract<Action, {kind: 'nat'}>, rule: Rule): Performed {
  const {packet} = run
  const address = range.addresses === null ? null : chooseAddress(run, range.addresses)
  if (side === 'src') return setSource(run, address, choosePort(run, range, packet.sport, rule))
  return setDestination(run, 'DNAT', address ?? packet.dst, choosePort(run, range, packet.dport, rule))
}

/** NAT to what a map holds for the packet. */
export function mapNat(run: Run, action: Extract<Action, {kind: 'nat-map'}>, findSet: FindSet, rule: Rule): Performed {
  const found = mapData(run, action.address, findSet)
  const port = action.port === null ? null : mapData(run, action.port, findSet)
  if (found === 'unknown' || port === 'unknown') {
    assume(run, {
      about: 'the map that NAT asks',
      assumed: 'cannot be decided: it is not known',
      at: rule.name,
      turn: null,
    })
    return {kind: 'verdict', verdict: 'unknown'}
  }
  if (found === null) return {kind: 'break', check: null}
  const [value, joined] = found
  const number = port?.[0] ?? joined ?? null
  if (typeof value !== 'bigint' || typeof number === 'string') return next
  const address: IpAddress = {version: run.packet.version, value}
  const chosen = number === null ? null : Number(number)
  if (action.side === 'dst') return setDestination(run, 'DNAT', address, chosen ?? run.packet.dport)
  return setSource(run, address, chosen ?? run.packet.sport)
}

/** null: the map has nothing for the packet. */
function mapData(run: Run, expression: Expression, findSet: FindSet): Value[] | null | 'unknown' {
  if (expression.kind !== 'map') {
    const loaded = load(expression, run)
    return loaded.kind === 'value'
      ? [loaded.value]
      : loaded.kind === 'concat'
        ? loaded.values
        : loaded.kind === 'absent'
          ? null
          : 'unknown'
  }
  const elements =
    expression.elements.kind === 'elements' ? expression.elements.elements : findSet(expression.elements.name)?.elements
  const key: Loaded = load(expression.key, run)
  if (elements === undefined || key.kind === 'unknown' || key.kind === 'undecidable') return 'unknown'
  if (key.kind === 'absent') return null
  const element =
    key.kind === 'chance'
      ? drawElement(run, elements, key)
      : lookUp(key.kind === 'concat' ? key.values : [key.value], elements)
  return Array.isArray(element?.data) ? element.data : null
}

/** NETMAP exchanges the network and keeps the host's bits. */
export function netmap(run: Run, network: Network): Performed {
  const {packet, hook} = run
  const map = (address: IpAddress): IpAddress => ({
    version: address.version,
    value: (address.value & ~network.mask) | network.value,
  })
  if (hook === 'prerouting' || hook === 'output') return setDestination(run, 'DNAT', map(packet.dst), packet.dport)
  return setSource(run, map(packet.src), packet.sport)
}

/** MASQUERADE: the outgoing interface's own address, as the kernel would choose it for a new socket. */
export function masquerade(run: Run, range: NatRange, rule: Rule): Performed {
  const {packet} = run
  const address = outgoingAddress(run)
  if (address === 'unknown') {
    assume(run, {
      about: `the address of ${packet.out ?? 'the outgoing interface'}`,
      assumed: 'is not known: the source is left as it is',
      at: rule.name,
      turn: '--addr',
    })
    return setSource(run, null, choosePort(run, range, packet.sport, rule))
  }
  return address === null ? drop : setSource(run, address, choosePort(run, range, packet.sport, rule))
}

function outgoingAddress(run: Run): IpAddress | null | 'unknown' {
  const {interfaces} = run.surroundings
  if (interfaces === null) return 'unknown'
  const own = [...(interfaces.get(run.packet.out ?? '') ?? [])]
  const all = [...own, ...[...interfaces.values()].flat().filter((address) => !own.includes(address))]
  const candidates = all.filter(({address, secondary}) => address.version === run.packet.version && !secondary)
  if (run.packet.version === 6) return select6(run, own, candidates)
  return select4(
    run,
    own,
    candidates.filter(({address}) => !isLoopback(address)),
  )
}

/** inet_select_addr: of the interface's primary addresses the one whose subnet holds the next hop, else the first. */
function select4(
  run: Run,
  own: readonly InterfaceAddress[],
  candidates: readonly InterfaceAddress[],
): IpAddress | null {
  const {packet, surroundings} = run
  const hop = routeIn(surroundings, {dst: packet.dst, src: packet.src, mark: packet.mark}).gateway ?? packet.dst
  const here = candidates.filter((candidate) => own.includes(candidate))
  return (here.find(({network}) => inNetwork(network, hop)) ?? here[0] ?? candidates[0])?.address ?? null
}

/** RFC 6724 as the kernel has it: the destination itself, the fitting scope, the outgoing interface first, then the longest common prefix, then the order of the list. */
function select6(
  run: Run,
  own: readonly InterfaceAddress[],
  candidates: readonly InterfaceAddress[],
): IpAddress | null {
  const {dst} = run.packet
  const width = (address: IpAddress): number => (scope(address) === 'global' ? 14 : 2)
  const rank = (candidate: InterfaceAddress): number => {
    if (candidate.address.value === dst.value) return Number.POSITIVE_INFINITY
    const own6 = width(candidate.address)
    const scoped = (own6 >= width(dst) ? 100 - own6 : own6) * 1000
    const common = 128 - (candidate.address.value ^ dst.value).toString(2).length
    const length = candidate.network.mask.toString(2).replace(/0+$/, '').length
    return scoped + (own.includes(candidate) ? 500 : 0) + Math.min(common, length)
  }
  const best = candidates.reduce<InterfaceAddress | null>(
    (top, one) => (top === null || rank(one) > rank(top) ? one : top),
    null,
  )
  return best?.address ?? null
}
