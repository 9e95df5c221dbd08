import {type Check, check} from '../../decision/check.js'
import type {Choice, PassedOver} from '../../decision/step.js'
import type {Located} from '../parse/config-dump.js'
import {at, objects, string, strings} from '../parse/field.js'

/** A virtual host of a route configuration, by position. */
export interface VirtualHostEntry extends Located {
  name: string
}

/** Domains of one route configuration, found without going through them all. */
export interface DomainIndex {
  hosts: VirtualHostEntry[]
  exact: Map<string, VirtualHostEntry>
  /** `*.example.com` without its star, by length; the longest first. */
  suffixes: [number, Map<string, VirtualHostEntry>][]
  /** `www.*` without its star, by length; the longest first. */
  prefixes: [number, Map<string, VirtualHostEntry>][]
  any: VirtualHostEntry | null
}

export function indexDomains(routeConfig: Located): DomainIndex {
  const hosts = objects(routeConfig.raw, 'virtual_hosts').map((raw, index) => ({
    raw,
    at: at(routeConfig.at, 'virtual_hosts', index),
    name: string(raw, 'name') ?? '',
  }))
  const index: DomainIndex = {hosts, exact: new Map(), suffixes: [], prefixes: [], any: null}
  const [suffixes, prefixes] = [new Map<number, Map<string, VirtualHostEntry>>(), new Map()]
  for (const host of hosts)
    for (const domain of strings(host.raw, 'domains').map((text) => text.toLowerCase())) {
      if (domain === '*') index.any ??= host
      else if (domain.startsWith('*')) put(suffixes, domain.slice(1), host)
      else if (domain.endsWith('*')) put(prefixes, domain.slice(0, -1), host)
      else if (!index.exact.has(domain)) index.exact.set(domain, host)
    }
  index.suffixes = longestFirst(suffixes)
  index.prefixes = longestFirst(prefixes)
  return index
}

type ByLength = Map<number, Map<string, VirtualHostEntry>>

function put(byLength: ByLength, text: string, host: VirtualHostEntry): void {
  const group = byLength.get(text.length) ?? new Map<string, VirtualHostEntry>()
  if (!group.has(text)) group.set(text, host)
  byLength.set(text.length, group)
}

const longestFirst = (byLength: ByLength) => [...byLength].sort(([a], [b]) => b - a)

/**
 * The virtual host for a host name: its exact domain, else the longest suffix wildcard, else the longest prefix wildcard,
 * else `*`. A wildcard stands for at least one character.
 * @param host null where the request names none.
 */
export function chooseVirtualHost(index: DomainIndex, host: string | null, explain: boolean): Choice<VirtualHostEntry> {
  const found = findDomain(index, host)
  return {
    decided: found?.host ?? null,
    because: found && explain ? [check('domains', found.domain, host ?? '(none)', true)] : [],
    passedOver: explain ? passedOver(index, host, found) : [],
  }
}

interface Found {
  host: VirtualHostEntry
  domain: string
}

function findDomain(index: DomainIndex, host: string | null): Found | null {
  // RouteMatcher: with nothing but `*` the host is not even looked at.
  const onlyAny = index.exact.size === 0 && index.suffixes.length === 0 && index.prefixes.length === 0
  if (host === null && !onlyAny) return null
  const name = (host ?? '').toLowerCase()
  const exact = index.exact.get(name)
  if (exact) return {host: exact, domain: name}
  for (const [length, group] of index.suffixes) {
    const found = length < name.length ? group.get(name.slice(-length)) : undefined
    if (found) return {host: found, domain: `*${name.slice(-length)}`}
  }
  for (const [length, group] of index.prefixes) {
    const found = length < name.length ? group.get(name.slice(0, length)) : undefined
    if (found) return {host: found, domain: `${name.slice(0, length)}*`}
  }
  return index.any && {host: index.any, domain: '*'}
}

/** Every other virtual host with why its domains did not win. */
function passedOver(index: DomainIndex, host: string | null, found: Found | null): PassedOver[] {
  return index.hosts
    .filter((candidate) => candidate !== found?.host)
    .map((candidate) => ({at: candidate.at, name: candidate.name, check: domainsCheck(candidate, host, found)}))
}

function domainsCheck(candidate: VirtualHostEntry, host: string | null, found: Found | null): Check {
  const domains = strings(candidate.raw, 'domains')
  const fits = host !== null && domains.some((domain) => domainFits(domain.toLowerCase(), host.toLowerCase()))
  const want = domains.join(', ')
  return fits && found
    ? check('domains', `a closer domain than ${found.domain}`, want, false)
    : check('domains', want, host ?? '(none)', fits)
}

/** Whether a domain fits on its own, whatever others there are. */
export function domainFits(domain: string, host: string): boolean {
  if (domain === '*' || domain === host) return true
  if (domain.startsWith('*')) return host.length >= domain.length && host.endsWith(domain.slice(1))
  return domain.endsWith('*') && host.length >= domain.length && host.startsWith(domain.slice(0, -1))
}
