import {purposeOf} from '../purpose.js'
import {findingCodes, nowhere, type PlacedFinding} from './finding.js'
import {globalAddresses, type Probe} from './probe.js'

/** Purposes that rules of one family serve and the other family's do not, in a pod with addresses of both. */
export function oneFamily(probe: Probe): PlacedFinding[] {
  const addresses = {4: globalAddresses(probe.environment, 4), 6: globalAddresses(probe.environment, 6)}
  if (addresses[4].length === 0 || addresses[6].length === 0) return []
  const purposes = {4: purposesOf(probe, 4), 6: purposesOf(probe, 6)}
  return ([4, 6] as const).flatMap((has): PlacedFinding[] => {
    const lacking = purposes[has === 4 ? 6 : 4]
    const only = [...purposes[has]].filter((purpose) => !lacking.has(purpose))
    if (only.length === 0) return []
    const all = [...addresses[4], ...addresses[6]]
    // Traffic that no rule redirects goes past the proxy; a difference in the exceptions is less.
    const severity = only.some((purpose) => /^(redirect|tproxy)$/.test(purpose)) ? 'error' : 'warning'
    return [
      {
        code: findingCodes['one-family'],
        severity,
        place: {...nowhere, family: has === 4 ? 'ip' : 'ip6'},
        finding: {kind: 'one-family', has, purposes: only, addresses: all},
      },
    ]
  })
}

function purposesOf({rulesets}: Probe, version: 4 | 6): Set<string> {
  const kinds = new Set<string>()
  for (const {tables} of rulesets)
    for (const table of tables) {
      if (table.family !== 'inet' && table.family !== (version === 4 ? 'ip' : 'ip6')) continue
      for (const chain of table.chains)
        for (const rule of chain.rules) {
          const {writer, purpose} = purposeOf(table, chain, rule)
          if (writer === 'istio') kinds.add(purpose.kind)
        }
    }
  return kinds
}
