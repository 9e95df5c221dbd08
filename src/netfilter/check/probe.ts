import {parseIpAddress} from '../../address/ip-address.js'
import type {Environment} from '../environment.js'
import {evaluatePacket, type Prepared, prepare} from '../evaluate/evaluate.js'
import type {HookPath, Packet} from '../packet.js'
import type {PacketBranch} from '../packet-trace.js'
import type {Rule, Ruleset} from '../ruleset.js'
import type {PodToCheck} from './check-rules.js'
import type {ExamplePacket} from './finding.js'

/** What packets are asked of: the rules, and the pod's own addresses. */
export interface Probe {
  rulesets: readonly Ruleset[]
  environment: Environment
  prepared: Prepared
  pod: PodToCheck | null
  /** The interface that leads out of the pod. */
  outside: string
  /** The pod's address of a family; null: it has none. */
  own: Readonly<Record<4 | 6, string | null>>
  outboundPort: number
  inboundPort: number
  /** The rules of this name that see packets of a family: iptables-legacy and nf_tables name theirs alike. */
  rulesNamed: (name: string, version: 4 | 6) => readonly Rule[]
}

/** Where nothing is known of the machine, it is a pod with one address. */
const somePod: Environment = {
  interfaces: [
    {name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']},
    {name: 'eth0', index: 2, addresses: ['10.0.0.2/24']},
  ],
}

/** Addresses of documentation (RFC 5737, RFC 3849): nobody's. */
export const elsewhere = {4: '203.0.113.7', 6: '2001:db8::7'} as const
export const localhost = {4: '127.0.0.1', 6: '::1'} as const

export function makeProbe(rulesets: readonly Ruleset[], given: Environment, pod: PodToCheck | null): Probe {
  const environment = given.interfaces === undefined ? {...given, ...somePod} : given
  const outside = environment.interfaces?.find(({name}) => name !== 'lo')
  const own = (version: 4 | 6): string | null => globalAddresses(environment, version)[0] ?? null
  const rules = {4: byName(rulesets, 4), 6: byName(rulesets, 6)}
  return {
    rulesets,
    environment,
    prepared: prepare(rulesets, environment),
    pod,
    outside: outside?.name ?? 'eth0',
    own: {4: own(4), 6: own(6)},
    outboundPort: pod?.intent?.outboundPort ?? 15001,
    inboundPort: pod?.intent?.inboundPort ?? 15006,
    rulesNamed: (name, version) => rules[version].get(name) ?? [],
  }
}

function byName(rulesets: readonly Ruleset[], version: 4 | 6): Map<string, Rule[]> {
  const named = new Map<string, Rule[]>()
  for (const {tables} of rulesets)
    for (const {family, chains} of tables) {
      if (family !== 'inet' && family !== (version === 4 ? 'ip' : 'ip6')) continue
      for (const {rules} of chains)
        for (const rule of rules) named.set(rule.name, [...(named.get(rule.name) ?? []), rule])
    }
  return named
}

export const versionOf = ({src}: Packet): 4 | 6 => (src.includes(':') ? 6 : 4)

export const allRules = (rulesets: readonly Ruleset[]): Rule[] =>
  rulesets.flatMap(({tables}) => tables.flatMap(({chains}) => chains.flatMap(({rules}) => rules)))

/** Addresses that others can reach: neither loopback nor link-local. */
export const globalAddresses = ({interfaces}: Environment, version: 4 | 6): string[] =>
  (interfaces ?? [])
    .filter(({name}) => name !== 'lo')
    .flatMap(({addresses}) => addresses.map((text) => text.replace(/\/.*$/, '')))
    .filter((text) => parseIpAddress(text)?.version === version && !/^(fe[89ab]|169\.254\.)/i.test(text))

const tcp = {proto: 'tcp', sport: 40000, mark: 0, ctstate: 'NEW'} as const

/** A connection that begins in the pod. */
export const sentPacket = (
  probe: Probe,
  version: 4 | 6,
  to: {dst: string; dport: number},
  owner: {uid: number; gid: number},
): Packet => ({...tcp, src: probe.own[version] ?? localhost[version], in: null, out: probe.outside, ...to, ...owner})

/** A connection that comes to the pod from elsewhere. */
export const receivedPacket = (probe: Probe, version: 4 | 6, dport: number): Packet => ({
  ...tcp,
  src: elsewhere[version],
  dst: probe.own[version] ?? localhost[version],
  dport,
  in: probe.outside,
  out: null,
  uid: null,
  gid: null,
})

/** What becomes of a packet, on the likeliest of its ways. */
export interface Answer {
  branch: PacketBranch
  /** The port of the proxy that it comes to; null: it is not redirected. */
  port: number | null
  example: ExamplePacket
}

export function ask(probe: Probe, hook: HookPath, packet: Packet, prepared: Prepared = probe.prepared): Answer | null {
  const branches = evaluatePacket(prepared, hook, packet, {explain: false})
  const branch = branches.reduce<PacketBranch | null>(
    (best, one) => (best === null || one.probability > best.probability ? one : best),
    null,
  )
  if (branch === null) return null
  const taker = branch.rules.findLast((name) => probe.rulesNamed(name, versionOf(packet)).some(decides))
  return {branch, port: portOf(branch), example: {hook, packet, takenBy: taker ?? null}}
}

/** A rule that ends a way, and not one that leads to another chain, marks or counts. */
const decides = ({statements}: Rule): boolean =>
  statements.some(({kind}) => /^(verdict|reject|redirect|nat|nat-map|netmap|masquerade|tproxy)$/.test(kind)) ?? false

function portOf({redirectedTo}: PacketBranch): number | null {
  const port = redirectedTo === null ? null : /:(\d+)$/.exec(redirectedTo)?.[1]
  return port === null || port === undefined ? null : Number(port)
}
