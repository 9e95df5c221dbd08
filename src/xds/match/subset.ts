import {type Check, check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import {isObject, type JsonObject} from '../parse/field.js'
import type {SubsetConfig, SubsetSelector} from '../parse/load-balancing-policy.js'
import {type Host, type HostSet, hasLabels, sameValue} from './host.js'
import {labels} from './transport-socket.js'

/** Which hosts a request may be sent to, before health and weights are looked at. */
export interface SubsetChoice {
  /** Null: no subset fits and no fallback is allowed. */
  sets: readonly HostSet[] | null
  /** `version=v1`, `any endpoint`, `default subset ...`; null where there is none. */
  decided: string | null
  /** True for a subset with one host: it is taken whatever its health. */
  singleHost: boolean
  because: Check[]
  passedOver: PassedOver[]
}

const lbKey = 'envoy.lb'
const fallbackListKey = 'fallback_list'

/**
 * SubsetLoadBalancer::chooseHost: the subset whose keys are exactly those of the criteria, else the fallback of the
 * selector, else that of the cluster. A request that finds no host in one element goes on to the next: to all hosts with
 * `panic_mode_any`, to the next criteria of a FALLBACK_LIST.
 */
export function chooseSubsets(sets: readonly HostSet[], config: SubsetConfig, criteria: JsonObject): SubsetChoice[] {
  const list = config.metadataFallback === 'FALLBACK_LIST' ? criteria[fallbackListKey] : undefined
  if (list === undefined) return chooseSubset(sets, config, criteria)
  const {[fallbackListKey]: _, ...own} = criteria
  const overrides = Array.isArray(list) ? list.filter(isObject) : []
  if (overrides.length === 0) return chooseSubset(sets, config, own)
  return overrides.flatMap((override) => chooseSubset(sets, config, {...own, ...override}))
}

function chooseSubset(sets: readonly HostSet[], config: SubsetConfig, given: JsonObject): SubsetChoice[] {
  const criteria = config.allowRedundantKeys ? withoutRedundantKeys(config, given) : given
  const keys = Object.keys(criteria).sort()
  const selector = config.selectors.find((candidate) => sameKeys(candidate.keys, keys))
  const passedOver: PassedOver[] = config.selectors.flatMap((candidate) =>
    candidate === selector
      ? []
      : [
          {
            at: candidate.at,
            check: check('keys', candidate.keys.join(','), keys.join(',') || '(none)', false),
          },
        ],
  )
  if (selector && keys.length > 0) {
    const members = restrict(sets, config, (host) => inSubset(host, criteria, config))
    const found = members.some((set) => set.hosts.length > 0)
    const because = check(lbKey, labels(criteria), found ? labels(criteria) : '(no host)', found)
    if (found)
      return [
        {
          sets: selector.singleHostPerSubset ? firstHost(members) : members,
          decided: labels(criteria),
          singleHost: selector.singleHostPerSubset,
          because: [because],
          passedOver,
        },
      ]
    passedOver.push({at: config.at, name: labels(criteria), check: because})
    const fallback = selectorFallback(config, selector)
    if (fallback !== 'NOT_DEFINED')
      return selectorFallbackSubset(sets, config, criteria, selector, fallback, passedOver)
  }
  const fallback = fallbackSubset(sets, config, config.fallback, passedOver, 'fallback_policy')
  return fallback.sets && config.panicModeAny ? [fallback, panicSubset(sets, config)] : [fallback]
}

/** `panic_mode_any`: all hosts, where the fallback has none. */
const panicSubset = (sets: readonly HostSet[], config: SubsetConfig): SubsetChoice => ({
  sets: restrict(sets, config, () => true),
  decided: 'any endpoint',
  singleHost: false,
  because: [check('panic_mode_any', 'true', 'true', true)],
  passedOver: [],
})

const sameKeys = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((key, index) => key === other[index])

/** The criteria of the first selector whose keys are all given. */
function withoutRedundantKeys(config: SubsetConfig, criteria: JsonObject): JsonObject {
  const selector = config.selectors.find(({keys}) => keys.length > 0 && keys.every((key) => key in criteria))
  return selector ? Object.fromEntries(selector.keys.map((key) => [key, criteria[key]])) : criteria
}

/** A selector's own fallback is not taken over where an earlier selector's sorted keys begin with all of its keys. */
function selectorFallback(config: SubsetConfig, selector: SubsetSelector): SubsetSelector['fallback'] {
  const earlier = config.selectors.slice(0, config.selectors.indexOf(selector))
  const shadowed = earlier.some(({keys}) => selector.keys.every((key, index) => keys[index] === key))
  return shadowed ? 'NOT_DEFINED' : selector.fallback
}

function selectorFallbackSubset(
  sets: readonly HostSet[],
  config: SubsetConfig,
  criteria: JsonObject,
  selector: SubsetSelector,
  fallback: SubsetSelector['fallback'],
  passedOver: PassedOver[],
): SubsetChoice[] {
  if (fallback === 'KEYS_SUBSET') {
    const kept = Object.fromEntries(
      selector.fallbackKeys.filter((key) => key in criteria).map((key) => [key, criteria[key]]),
    )
    const [inner, ...others] = chooseSubset(sets, config, kept)
    return inner ? [{...inner, passedOver: [...passedOver, ...inner.passedOver]}, ...others] : []
  }
  const policy = fallback === 'NOT_DEFINED' ? 'NO_FALLBACK' : fallback
  return [fallbackSubset(sets, config, policy, passedOver, 'selector fallback_policy')]
}

function fallbackSubset(
  sets: readonly HostSet[],
  config: SubsetConfig,
  policy: SubsetConfig['fallback'],
  passedOver: PassedOver[],
  field: string,
): SubsetChoice {
  const common = {singleHost: false, because: [check(field, policy, policy, true)], passedOver}
  const any = () => restrict(sets, config, () => true)
  switch (policy) {
    case 'NO_FALLBACK':
      return {...common, sets: null, decided: null}
    case 'ANY_ENDPOINT':
      return {...common, sets: any(), decided: 'any endpoint'}
    case 'DEFAULT_SUBSET': {
      const wanted = config.defaultSubset
      const members = restrict(sets, config, (host) =>
        hasLabels(host.endpoint.metadata[lbKey], wanted, config.listAsAny),
      )
      return {...common, sets: members, decided: `default subset ${labels(wanted)}`}
    }
  }
}

/** A host is in the subset when it has each key, a list counting as each of its elements with `list_as_any`. */
const inSubset = (host: Host, criteria: JsonObject, config: SubsetConfig): boolean => {
  const have = host.endpoint.metadata[lbKey]
  return (
    isObject(have) &&
    Object.entries(criteria).every(([key, wanted]) => {
      const value = have[key]
      if (config.listAsAny && Array.isArray(value)) return value.some((element) => sameValue(element, wanted))
      return key in have && sameValue(value, wanted)
    })
  )
}

/** The host sets with only these hosts. Locality weights count in a subset only where it is aware of them. */
function restrict(sets: readonly HostSet[], config: SubsetConfig, keep: (host: Host) => boolean): HostSet[] {
  return sets.map((set) => ({
    ...set,
    hosts: set.hosts.filter(keep),
    localityWeights: config.localityWeightAware,
    localities: set.localities.map((locality) => {
      const hosts = locality.hosts.filter(keep)
      const weight = config.scaleLocalityWeight
        ? Math.round((locality.weight * hosts.length) / locality.hosts.length)
        : locality.weight
      return {...locality, hosts, weight}
    }),
  }))
}

function firstHost(sets: readonly HostSet[]): HostSet[] {
  const set = sets.find(({hosts}) => hosts.length > 0)
  return set ? [{...set, hosts: set.hosts.slice(0, 1), localities: []}] : []
}
