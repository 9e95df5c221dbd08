import {check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {MosnCluster, MosnHost, SubsetConfig} from '../parse/cluster.js'

/** The hosts among which load balancing chooses, and how they came to be these. */
export interface HostSelection {
  hosts: MosnHost[]
  step: Step | null
}

const label = (labels: readonly [string, string][]): string =>
  labels.map(([key, value]) => `${key}=${value}`).join(', ')

/** The hosts for what a route asks of them. Without selectors there are no subsets; without criteria all hosts are taken. */
export function selectHosts(cluster: MosnCluster, criteria: readonly [string, string][]): HostSelection {
  const {subset, hosts} = cluster
  if (subset === null) return {hosts, step: null}
  const step = (decided: string | null, because: Step['because'], passedOver: PassedOver[] = []): Step => ({
    at: subset.at,
    level: 'subset',
    decided,
    because,
    passedOver,
  })
  if (criteria.length === 0)
    return {
      hosts,
      step: step('all hosts', [check('metadata_match', '(none)', 'all hosts, whatever the fallback', true)]),
    }
  const found = findSubset(subset, hosts, criteria)
  if (found.length > 0)
    return {
      hosts: found,
      step: step(label(criteria), [
        check('metadata_match', label(criteria), `${found.length} of ${hosts.length} hosts`, true),
      ]),
    }
  const passedOver = subset.selectors.map((selector): PassedOver => missed(subset, selector, hosts, criteria))
  const fallback = fallbackHosts(subset, hosts)
  const name = `fallback: ${subset.fallback === 'default subset' ? `default subset ${label(subset.defaultSubset)}` : subset.fallback}`
  const because = [check('fall_back_policy', 'any or default_subset', subset.fallback, fallback !== null)]
  return {hosts: fallback ?? [], step: step(fallback === null ? null : name, because, passedOver)}
}

/**
 * MOSN builds a tree of the keys of each selector, sorted, from hosts that have all of them, and walks it by the criteria, sorted as
 * well. The keys of the criteria must be those of one selector.
 */
function findSubset(
  {selectors}: SubsetConfig,
  hosts: readonly MosnHost[],
  criteria: readonly [string, string][],
): MosnHost[] {
  if (!selectors.some((selector) => sameKeys(selector, criteria))) return []
  return hosts.filter(({metadata}) => criteria.every(([key, value]) => metadata.get(key) === value))
}

const sameKeys = (selector: readonly string[], criteria: readonly [string, string][]): boolean =>
  selector.length === criteria.length && selector.every((key, index) => key === criteria[index]?.[0])

function missed(
  {at}: SubsetConfig,
  selector: readonly string[],
  hosts: readonly MosnHost[],
  criteria: readonly [string, string][],
): PassedOver {
  const name = selector.join(', ')
  const keys = criteria.map(([key]) => key).join(', ')
  if (!sameKeys(selector, criteria)) return {at, name, check: check('subset keys', name, keys, 'no')}
  return {at, name, check: check('hosts', label(criteria), `none of ${hosts.length}`, 'no')}
}

/** A host that lacks a key of the default subset is not in it; an empty default subset has all. */
function fallbackHosts({fallback, defaultSubset}: SubsetConfig, hosts: readonly MosnHost[]): MosnHost[] | null {
  if (fallback === 'none') return null
  if (fallback === 'any') return [...hosts]
  return hosts.filter(({metadata}) => defaultSubset.every(([key, value]) => metadata.get(key) === value))
}
