import type {Packet} from '../packet.js'
import {ruleFacts} from '../rule-facts.js'
import {type CheckResult, findingCodes, type PlacedFinding} from './finding.js'
import {type Answer, allRules, ask, elsewhere, localhost, type Probe, sentPacket} from './probe.js'
import {placeOf} from './rule-place.js'

/** More of the rules' own ports and addresses are not tried. */
const mostConstants = 24

/** The proxy's own connections, sent back to the proxy: to ports and addresses that the rules name, and to some that they do not. */
export function proxyLoops(probe: Probe): CheckResult {
  const owner = proxyOwner(probe)
  const found = new Map<string, PlacedFinding>()
  const undecided = new Map<string, {place: string; why: string}>()
  for (const version of [4, 6] as const) {
    if (probe.own[version] === null) continue
    for (const packet of proxyPackets(probe, version, owner)) {
      const answer = ask(probe, 'path-out', packet)
      if (answer?.branch.verdict === 'unknown')
        undecided.set('loops', {
          place: 'traffic of the proxy',
          why: answer.branch.assumptions[0]?.about ?? 'a rule is not modelled',
        })
      if (answer === null || !isLoop(probe, answer)) continue
      const rule = answer.example.takenBy
      const key = `${version} ${rule ?? ''}`
      if (found.has(key)) continue
      found.set(key, {
        code: findingCodes.loop,
        severity: 'error',
        place: placeOf(probe.rulesets, rule, version),
        finding: {kind: 'loop', example: answer.example, to: answer.branch.redirectedTo ?? '', owner},
      })
    }
  }
  return {findings: [...found.values()], undecided: [...undecided.values()]}
}

export function proxyOwner({pod}: Probe): {uid: number; gid: number} {
  return {
    uid: pod?.proxyUid ?? pod?.intent?.proxyUids[0] ?? 1337,
    gid: pod?.proxyGid ?? pod?.intent?.proxyGids[0] ?? 1337,
  }
}

function proxyPackets(probe: Probe, version: 4 | 6, owner: {uid: number; gid: number}): Packet[] {
  const facts = allRules(probe.rulesets).map(ruleFacts)
  const ports = new Set([80, 443])
  const addresses = new Set<string>([elsewhere[version]])
  for (const {dports, dst} of facts) {
    const port = Number(/^\d+/.exec(dports ?? '')?.[0] ?? Number.NaN)
    if (port > 0 && ports.size < mostConstants) ports.add(port)
    const address = dst === null || dst.negated ? null : plainAddress(dst.text, version)
    if (address !== null && addresses.size < mostConstants) addresses.add(address)
  }
  const own = probe.own[version] ?? localhost[version]
  const out = [...addresses].filter((dst) => !isLocal(probe, dst))
  const away = out.flatMap((dst) => [...ports].map((dport) => sentPacket(probe, version, {dst, dport}, owner)))
  const [port = 8080] = probe.pod?.ports ?? []
  // What the proxy hands to its app comes from an address of its own, or goes to localhost.
  const app: Packet[] = [
    {
      ...sentPacket(probe, version, {dst: own, dport: port}, owner),
      src: version === 4 ? '127.0.0.6' : '::6',
      out: 'lo',
    },
    {...sentPacket(probe, version, {dst: localhost[version], dport: port}, owner), src: localhost[version], out: 'lo'},
  ]
  const tproxy = probe.pod?.intent?.mode === 'TPROXY'
  return [...away, ...(tproxy ? app.slice(1) : app)]
}

const isLocal = (probe: Probe, address: string): boolean =>
  address === probe.own[4] || address === probe.own[6] || /^127\.|^::1$|^::6$/.test(address)

function plainAddress(text: string, version: 4 | 6): string | null {
  const address = text.replace(/\/.*$/, '')
  return /^[\d.]+$|:/.test(address) && address.includes(':') === (version === 6) ? address : null
}

/** Back at the proxy's own listeners. */
const isLoop = (probe: Probe, {port, branch}: Answer): boolean =>
  branch.verdict === 'accept' && (port === probe.outboundPort || port === probe.inboundPort)
