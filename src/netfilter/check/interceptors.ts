import {prepare} from '../evaluate/evaluate.js'
import type {HookPath, Packet} from '../packet.js'
import {findingCodes, type Interceptor, nowhere, type PlacedFinding} from './finding.js'
import {appOwner} from './intent-check.js'
import {allRules, ask, elsewhere, type Probe, receivedPacket, sentPacket} from './probe.js'
import {placeOf} from './rule-place.js'

/** Connections that begin in the app and come to it, one of each port. */
function ways(probe: Probe): {direction: 'inbound' | 'outbound'; hook: HookPath; packet: Packet; port: number}[] {
  if (probe.own[4] === null) return []
  const ports = probe.pod?.ports.length ? probe.pod.ports : [8080]
  const uid = appOwner(probe)
  const to = {dst: elsewhere[4], dport: 80}
  return [
    ...ports.map((port) => ({
      direction: 'inbound' as const,
      hook: 'path-in' as const,
      packet: receivedPacket(probe, 4, port),
      port,
    })),
    {direction: 'outbound', hook: 'path-out', packet: sentPacket(probe, 4, to, {uid, gid: uid}), port: 80},
  ]
}

/** Tables that would each redirect the same connection: TPROXY beside REDIRECT, legacy beside nf_tables, native nft beside iptables. */
export function interceptedTwice(probe: Probe): PlacedFinding[] {
  const tables = probe.rulesets.flatMap((ruleset) =>
    ruleset.tables.map((table) => ({ruleset, prepared: prepare([{...ruleset, tables: [table]}], probe.environment)})),
  )
  return ways(probe).flatMap(({direction, hook, packet, port}): PlacedFinding[] => {
    const by: Interceptor[] = []
    for (const {ruleset, prepared} of tables) {
      const answer = ask(probe, hook, packet, prepared)
      const how = answer?.branch.redirectedBy ?? null
      if (how === null || how === 'DNAT' || answer?.port === null) continue
      by.push({
        rule: answer?.example.takenBy ?? '',
        origin: ruleset.origin,
        by: how,
        to: answer?.branch.redirectedTo ?? '',
      })
    }
    const [first] = by
    if (first === undefined || by.length < 2) return []
    const example = {hook, packet, takenBy: first.rule}
    return [
      {
        code: findingCodes['intercepted-twice'],
        severity: by.every(({to, by: how}) => to === first.to && how === first.by) ? 'warning' : 'error',
        place: placeOf(probe.rulesets, first.rule),
        finding: {kind: 'intercepted-twice', direction, port, by, example},
      },
    ]
  })
}

/** An app with the proxy's user id: what the rules let go for the proxy, they let go for it. */
export function appAsProxy(probe: Probe): PlacedFinding[] {
  const uid = probe.pod?.appUid ?? null
  if (uid === null || probe.own[4] === null) return []
  const to = {dst: elsewhere[4], dport: 80}
  const gid = 1000
  const asApp = ask(probe, 'path-out', sentPacket(probe, 4, to, {uid, gid}))
  const asOther = ask(probe, 'path-out', sentPacket(probe, 4, to, {uid: 65533, gid}))
  const passes = asApp !== null && asApp.branch.verdict === 'accept' && asApp.port !== probe.outboundPort
  const proxy = uid === probe.pod?.proxyUid || probe.pod?.intent?.proxyUids.includes(uid) || uid === 1337
  if (!passes || !proxy || asOther?.port !== probe.outboundPort) return []
  return [
    {
      code: findingCodes['app-as-proxy'],
      severity: 'error',
      place: placeOf(probe.rulesets, asApp.example.takenBy),
      finding: {kind: 'app-as-proxy', id: 'uid', value: uid, example: asApp.example},
    },
  ]
}

/** Ports that rules redirect to and nobody listens on, where the listeners are known. */
export function missingListeners(probe: Probe): PlacedFinding[] {
  const {listeners} = probe.environment
  if (listeners === undefined) return []
  return [probe.outboundPort, probe.inboundPort].flatMap((port): PlacedFinding[] => {
    const rule = allRules(probe.rulesets).find(({statements}) =>
      statements.some(
        (statement) =>
          (statement.kind === 'redirect' && statement.range.ports?.low === port) ||
          (statement.kind === 'tproxy' && statement.port === port),
      ),
    )
    if (rule === undefined || listeners.some((one) => one.proto === 'tcp' && one.port === port)) return []
    const place = placeOf(probe.rulesets, rule.name)
    const finding = {kind: 'proxy-unreachable', port, why: 'no-listener', by: rule.name, example: null} as const
    return [{code: findingCodes['proxy-unreachable'], severity: 'error', place, finding}]
  })
}

/** What is redirected on its way out comes in over lo, where rules may still drop it; what comes in, before INPUT. */
export function pathsToProxy(probe: Probe): PlacedFinding[] {
  return ways(probe)
    .slice(-1)
    .flatMap(({hook, packet}): PlacedFinding[] => {
      const sent = ask(probe, hook, packet)
      if (sent === null || sent.port !== probe.outboundPort || sent.branch.packet.loopbackOf !== true) return []
      const {uid: _uid, gid: _gid, ...left} = sent.branch.packet
      const second = ask(probe, 'path-in', {...left, in: 'lo', out: null})
      if (second === null || !/^(drop|reject)$/.test(second.branch.verdict)) return []
      const by = second.example.takenBy
      return [
        {
          code: findingCodes['proxy-unreachable'],
          severity: 'error',
          place: by === null ? nowhere : placeOf(probe.rulesets, by),
          finding: {kind: 'proxy-unreachable', port: probe.outboundPort, why: 'dropped', by, example: second.example},
        },
      ]
    })
}
