import type {Environment} from '../environment.js'
import {purposeOf} from '../purpose.js'
import type {Ruleset} from '../ruleset.js'
import type {PodToCheck} from './check-rules.js'
import {writerConflicts} from './conflicts.js'
import {oneFamily} from './families.js'
import type {CheckResult, PlacedFinding, Undecided} from './finding.js'
import {checkIntent} from './intent-check.js'
import {appAsProxy, interceptedTwice, missingListeners, pathsToProxy} from './interceptors.js'
import {allRules, makeProbe, type Probe} from './probe.js'
import {proxyLoops} from './proxy-loop.js'

/** What the rules do with the traffic of a pod with a proxy, found by asking the evaluator about its packets. */
export function checkInterception(
  rulesets: readonly Ruleset[],
  environment: Environment,
  pod: PodToCheck | null,
): CheckResult {
  const probe = makeProbe(rulesets, environment, pod)
  const intent = pod?.intent ?? null
  const asked = intent !== null && intent.mode !== 'NONE'
  const redirects = redirectsToProxy(probe)
  if (!asked && !redirects) return {findings: [], undecided: []}
  const loops = proxyLoops(probe)
  const wanted = intent === null ? {findings: [], undecided: []} : checkIntent(probe, intent)
  const findings: PlacedFinding[] = [
    ...loops.findings,
    ...withoutRepeats(wanted.findings),
    ...interceptedTwice(probe),
    ...appAsProxy(probe),
    ...missingListeners(probe),
    ...pathsToProxy(probe),
    ...oneFamily(probe),
    ...writerConflicts(probe),
  ]
  const undecided: Undecided[] = [...loops.undecided, ...wanted.undecided]
  return {findings, undecided}
}

/** Rules that Istio wrote, or that redirect to the proxy's ports whoever wrote them. */
function redirectsToProxy(probe: Probe): boolean {
  const ports = [probe.outboundPort, probe.inboundPort]
  const istio = probe.rulesets.some(({tables}) =>
    tables.some((table) =>
      table.chains.some((chain) => chain.rules.some((rule) => purposeOf(table, chain, rule).writer === 'istio')),
    ),
  )
  return (
    istio ||
    allRules(probe.rulesets).some(({statements}) =>
      statements.some(
        (statement) =>
          (statement.kind === 'redirect' && ports.includes(statement.range.ports?.low ?? -1)) ||
          (statement.kind === 'tproxy' && ports.includes(statement.port ?? -1)),
      ),
    )
  )
}

/** A mode or a lost proxy shows in every port: it is said once. */
function withoutRepeats(findings: readonly PlacedFinding[]): PlacedFinding[] {
  const said = new Set<string>()
  return findings.filter(({finding, place}) => {
    if (finding.kind !== 'wrong-mode' && finding.kind !== 'proxy-unreachable') return true
    const key = `${finding.kind} ${place.rule ?? ''}`
    const first = !said.has(key)
    said.add(key)
    return first
  })
}
