import {prepare} from '../evaluate/evaluate.js'
import type {Hook} from '../packet.js'
import {purposeOf} from '../purpose.js'
import type {Chain, Rule, Ruleset, Table} from '../ruleset.js'
import {intersectAll} from './box.js'
import {stretchesOf} from './chain-walk.js'
import {findingCodes, type PlacedFinding} from './finding.js'
import {type HeaderSpace, headerSpace} from './header-space.js'
import {type Answer, ask, type Probe} from './probe.js'
import {placeOf} from './rule-place.js'

/** Pieces of a rule's packets that are tried. */
const mostTries = 6

/** Rules of other writers in the hooks of Istio's: each is asked about with and without it. */
export function writerConflicts(probe: Probe): PlacedFinding[] {
  return probe.rulesets.flatMap((ruleset) =>
    ruleset.tables
      .filter(({family}) => family === 'ip' || family === 'ip6' || family === 'inet')
      .flatMap((table) => {
        const space = headerSpace(table, table.family === 'ip6' ? 6 : 4)
        return table.chains.flatMap((chain) => {
          const hook = chain.base?.hook
          if (hook !== 'prerouting' && hook !== 'output') return []
          return chain.rules.flatMap((rule) => conflictOf(probe, space, table, chain, rule, hook))
        })
      }),
  )
}

function conflictOf(
  probe: Probe,
  space: HeaderSpace,
  table: Table,
  chain: Chain,
  rule: Rule,
  hook: Hook,
): PlacedFinding[] {
  if (chain.base === null || purposeOf(table, chain, rule).writer === 'istio') return []
  const stretch = stretchesOf(rule, space, table).find(({effect}) => effect.kind !== 'next')
  if (stretch === undefined) return []
  const without = prepare(withoutRule(probe.rulesets, rule), probe.environment)
  for (const box of intersectAll(space.arriving(chain.base), stretch.condition.maybe).slice(0, mostTries)) {
    const packet = space.packet(space.sample(box, hook), hook)
    const free = ask(probe, hook, packet, without)
    const taken = ask(probe, hook, packet)
    if (free === null || taken === null || !isProxyPort(probe, free.port) || isProxyPort(probe, taken.port)) continue
    const place = placeOf(probe.rulesets, rule.name, space.version)
    const example = {...taken.example, takenBy: rule.name}
    const becomes = becomesOf(taken)
    return [
      {
        code: findingCodes.conflict,
        severity: 'warning',
        place,
        finding: {kind: 'conflict', example, istio: free.branch.redirectedTo ?? '', becomes},
      },
    ]
  }
  return []
}

const becomesOf = ({branch: {verdict, redirectedTo, redirectedBy}}: Answer): string =>
  redirectedTo === null ? verdict : `${verdict}, to ${redirectedTo} by ${redirectedBy ?? 'NAT'}`

const isProxyPort = (probe: Probe, port: number | null): boolean =>
  port === probe.outboundPort || port === probe.inboundPort

const withoutRule = (rulesets: readonly Ruleset[], rule: Rule): Ruleset[] =>
  rulesets.map((ruleset) => ({
    ...ruleset,
    tables: ruleset.tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain) => ({...chain, rules: chain.rules.filter((one) => one !== rule)})),
    })),
  }))
