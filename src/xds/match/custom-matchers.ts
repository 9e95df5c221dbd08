import type {IpAddress} from '../../address/ip-address.js'
import {inNetwork} from '../../address/network.js'
import {at, boolean, type JsonObject, object, objects, strings} from '../parse/field.js'
import {cidrRange} from './cidr.js'

/** An entry of a matcher tree whose key fits the input. */
export interface TreeCandidate {
  /** The key as configured. */
  key: string
  onMatch: JsonObject | undefined
  at: string
}

/**
 * `xds.type.matcher.v3.IPMatcher`: ranges that hold the address, the longest first, then in the order of the list.
 * An exclusive range counts only where it is the most specific one.
 */
export function rangeCandidates(config: JsonObject, here: string, ip: IpAddress): TreeCandidate[] {
  const fitting: (TreeCandidate & {length: number; exclusive: boolean})[] = []
  for (const [index, entry] of objects(config, 'range_matchers').entries())
    for (const raw of objects(entry, 'ranges')) {
      const range = cidrRange(raw)
      if (range && inNetwork(range.network, ip))
        fitting.push({
          key: range.text,
          onMatch: object(entry, 'on_match'),
          at: at(here, 'range_matchers', index, 'on_match'),
          length: range.length,
          exclusive: boolean(entry, 'exclusive') ?? false,
        })
    }
  return fitting.sort((a, b) => b.length - a.length).filter(({exclusive}, rank) => rank === 0 || !exclusive)
}

/** `xds.type.matcher.v3.ServerNameMatcher`: the name itself, `*.` before each shorter parent domain, at last `*`. */
export function domainCandidates(config: JsonObject, here: string, name: string): TreeCandidate[] {
  if (name === '') return []
  const byDomain = new Map<string, TreeCandidate>()
  for (const [index, entry] of objects(config, 'domain_matchers').entries())
    for (const domain of strings(entry, 'domains'))
      if (!byDomain.has(domain))
        byDomain.set(domain, {
          key: domain,
          onMatch: object(entry, 'on_match'),
          at: at(here, 'domain_matchers', index, 'on_match'),
        })
  const parents = name.split('.').slice(1)
  const keys = [name, ...parents.map((_, index) => `*.${parents.slice(index).join('.')}`), '*']
  return keys.flatMap((key) => byDomain.get(key) ?? [])
}
