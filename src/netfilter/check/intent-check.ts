import {formatIpAddress, parseIpAddress} from '../../address/ip-address.js'
import {formatNetwork, inNetwork, type Network} from '../../address/network.js'
import {
  type CheckResult,
  type Finding,
  findingCodes,
  type PlacedFinding,
  type Severity,
  type Undecided,
} from './finding.js'
import type {PodIntent} from './pod-intent.js'
import {type Answer, ask, elsewhere, type Probe, receivedPacket, sentPacket} from './probe.js'
import {placeOf} from './rule-place.js'

/** What a packet is for, and what is asked of it. */
interface Expectation {
  direction: 'inbound' | 'outbound'
  what: string
  port: number
  answer: Answer
  redirected: boolean
  /** A port of the pod's own containers. */
  own: boolean
}

/** Whether the rules do what the pod asks for, found by asking about packets of each of its settings. */
export function checkIntent(probe: Probe, intent: PodIntent): CheckResult {
  const expectations = familiesOf(probe).flatMap((version) => [
    ...inbound(probe, intent, version),
    ...outbound(probe, intent, version),
  ])
  const findings: PlacedFinding[] = []
  const undecided: Undecided[] = []
  for (const expectation of expectations) {
    const {answer, direction, what} = expectation
    if (answer.branch.verdict === 'unknown') {
      const [assumption] = answer.branch.assumptions
      undecided.push({place: `${direction} ${what}`, why: `${assumption?.about ?? 'a rule'} is not known`})
    } else findings.push(...unmet(probe, intent, expectation))
  }
  return {findings, undecided}
}

/** The pod's families that have rules: where only one has, that is a finding of its own. Without any rule, the first tells enough. */
function familiesOf({own, rulesets}: Probe): (4 | 6)[] {
  const families = ([4, 6] as const).filter((version) => own[version] !== null)
  const tables = rulesets
    .flatMap((ruleset) => ruleset.tables)
    .filter(({chains}) => chains.some(({rules}) => rules.length > 0))
  const ruled = families.filter((version) =>
    tables.some(({family}) => family === 'inet' || family === (version === 4 ? 'ip' : 'ip6')),
  )
  return ruled.length > 0 ? ruled : families.slice(0, 1)
}

/** IPv4 goes without saying. */
const said = (version: 4 | 6, what: string): string => (version === 4 ? what : `${what} over IPv6`)

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]

function inbound(probe: Probe, intent: PodIntent, version: 4 | 6): Expectation[] {
  const {includeInboundPorts: include, excludeInboundPorts: exclude} = intent
  const containers = probe.pod?.ports ?? []
  const ports = unique([...containers, ...(include === '*' ? [] : include), ...exclude])
  return ports.flatMap((port) => {
    const answer = ask(probe, 'path-in', receivedPacket(probe, version, port))
    // A list of ports is taken as it is; what is excluded goes out of `*` alone.
    const redirected = intent.mode !== 'NONE' && (include === '*' ? !exclude.includes(port) : include.includes(port))
    const own = containers.includes(port)
    return answer === null
      ? []
      : [{direction: 'inbound', what: said(version, `port ${port}`), port, answer, redirected, own}]
  })
}

/** An address of a network that is not its first, where it has more. */
function addressIn({version, value, mask}: Network): string {
  const single = (1n << (version === 4 ? 32n : 128n)) - 1n === mask
  return formatIpAddress({version, value: single ? value : value | (1n & ~mask)})
}

function outbound(probe: Probe, intent: PodIntent, version: 4 | 6): Expectation[] {
  const excluded = new Set(intent.excludeOutboundPorts)
  const usual = [80, 8080, 9080, 443].find((port) => !excluded.has(port) && !intent.includeOutboundPorts.includes(port))
  const {includeOutboundRanges: include, excludeOutboundRanges: exclude} = intent
  const targets: {dst: string; dport: number; what: string}[] = [
    ...[...excluded, ...intent.includeOutboundPorts].map((dport) => ({
      dst: elsewhere[version],
      dport,
      what: `port ${dport}`,
    })),
    ...[...(include === '*' ? [] : include), ...exclude]
      .filter((network) => network.version === version)
      .map((network) => ({dst: addressIn(network), dport: usual ?? 80, what: `range ${formatNetwork(network)}`})),
    {dst: elsewhere[version], dport: usual ?? 80, what: 'traffic to any address'},
  ]
  const uid = appOwner(probe)
  return targets.flatMap(({dst, dport, what}) => {
    const answer = ask(probe, 'path-out', sentPacket(probe, version, {dst, dport}, {uid, gid: uid}))
    if (answer === null) return []
    const redirected = intent.mode !== 'NONE' && isAsked(intent, dst, dport)
    return [{direction: 'outbound', what: said(version, what), port: dport, answer, redirected, own: false}]
  })
}

/** An app that is not the proxy. */
export const appOwner = ({pod}: Probe): number =>
  pod?.appUid !== null && pod?.appUid !== undefined && !pod.intent?.proxyUids.includes(pod.appUid) ? pod.appUid : 1000

/** istio-iptables puts excluded ports and ranges first, then included ports, then included ranges. */
function isAsked(intent: PodIntent, dst: string, dport: number): boolean {
  const address = parseIpAddress(dst)
  const lies = (networks: readonly Network[]): boolean =>
    address !== null && networks.some((network) => inNetwork(network, address))
  if (intent.excludeOutboundPorts.includes(dport) || lies(intent.excludeOutboundRanges)) return false
  if (intent.includeOutboundPorts.includes(dport)) return true
  return intent.includeOutboundRanges === '*' || lies(intent.includeOutboundRanges)
}

function unmet(probe: Probe, intent: PodIntent, {answer, redirected, ...about}: Expectation): PlacedFinding[] {
  const {direction, what, port, own} = about
  const proxyPort = direction === 'inbound' ? probe.inboundPort : probe.outboundPort
  const {example, branch} = answer
  const reaches = answer.port === proxyPort
  const placed = (finding: Finding, severity: Severity): PlacedFinding[] => [
    {code: findingCodes[finding.kind], severity, place: placeOf(probe.rulesets, example.takenBy), finding},
  ]
  if (!redirected)
    return reaches
      ? placed({kind: 'not-excluded', direction, what, example, to: branch.redirectedTo ?? ''}, 'error')
      : []
  if (!reaches)
    return placed(
      own
        ? {kind: 'not-intercepted', direction, port, to: proxyPort, example}
        : {kind: 'not-included', direction, what, example},
      'error',
    )
  const found = branch.redirectedBy ?? ''
  if (direction === 'inbound' && found !== intent.mode)
    return placed({kind: 'wrong-mode', asked: intent.mode, found, example}, 'error')
  return branch.verdict === 'accept'
    ? []
    : placed({kind: 'proxy-unreachable', port: proxyPort, why: 'dropped', by: example.takenBy, example}, 'error')
}
