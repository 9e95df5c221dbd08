import {type Check, check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {MosnRouter, MosnVirtualHost} from '../parse/router.js'
import {splitHostPort} from './host-port.js'

/** A domain as the index has it. */
interface Domain {
  host: string
  port: string
  text: string
  virtualHost: MosnVirtualHost
}

/** The domains of a router configuration, as MOSN sorts them when it loads it. */
interface DomainIndex {
  exact: Domain[]
  /** Longest suffix first. */
  wildcards: Domain[]
  fallback: MosnVirtualHost | null
  /** Why MOSN refuses the configuration: every request is then answered 404. */
  refused: {domain: string; at: string; why: string} | null
}

const indexes = new WeakMap<MosnRouter, DomainIndex>()

function indexOf(router: MosnRouter): DomainIndex {
  let index = indexes.get(router)
  if (!index) {
    index = buildIndex(router)
    indexes.set(router, index)
  }
  return index
}

function buildIndex(router: MosnRouter): DomainIndex {
  const index: DomainIndex = {exact: [], wildcards: [], fallback: null, refused: null}
  for (const virtualHost of router.virtualHosts)
    for (const domain of virtualHost.domains) {
      const why = enter(index, domain.toLowerCase(), virtualHost)
      if (why !== null) return {...index, refused: {domain, at: virtualHost.at, why}}
    }
  index.wildcards.sort((a, b) => b.host.length - a.host.length)
  return index
}

/** Puts one domain into the index; the reason where MOSN refuses it. */
function enter(index: DomainIndex, text: string, virtualHost: MosnVirtualHost): string | null {
  const split = splitHostPort(text)
  if (split === null) return 'does not split into host and port'
  const {host, port} = split
  const domain = {...split, text, virtualHost}
  if (host === '' && port === '') return 'is empty'
  if (host === '*' && (port === '*' || port === '')) {
    if (index.fallback !== null) return 'is a second default'
    index.fallback = virtualHost
    return null
  }
  if (host.startsWith('*')) {
    const wildcard = {...domain, host: host.slice(1)}
    if (index.wildcards.some((other) => other.host === wildcard.host && other.port === port)) return 'is there twice'
    index.wildcards.push(wildcard)
    return null
  }
  if (host.includes('*')) return 'has * elsewhere than at its beginning'
  if (index.exact.some((other) => other.host === host && other.port === port)) return 'is there twice'
  index.exact.push(domain)
  return null
}

export interface VirtualHostChoice {
  virtualHost: MosnVirtualHost | null
  step: Step
}

/** The virtual host for a host text that is in lower case already: exact before suffix, the port named before any, then the default. */
export function chooseVirtualHost(router: MosnRouter, hostText: string): VirtualHostChoice {
  const index = indexOf(router)
  const step = (
    virtualHost: MosnVirtualHost | null,
    because: Check[],
    passedOver: PassedOver[] = [],
  ): VirtualHostChoice => ({
    virtualHost,
    step: {
      at: virtualHost?.at ?? router.at,
      level: 'virtual host',
      decided: virtualHost?.name ?? null,
      because,
      passedOver,
    },
  })
  const {refused, fallback} = index
  if (refused !== null)
    return step(
      null,
      [],
      [passed(refused.at, refused.domain, check('domain', 'a domain that MOSN takes', refused.why, 'no'))],
    )
  if (router.virtualHosts.length === 0) return step(null, [])
  if (index.exact.length === 0 && index.wildcards.length === 0 && fallback !== null)
    return step(fallback, [check('domain', '*', 'the only domain: the host is not looked at', true)])
  const shown = hostText === '' ? '(none)' : hostText
  const split = hostText === '' ? null : splitHostPort(hostText)
  if (split === null)
    return step(null, [], [passed(router.at, 'host', check('host', 'host or host:port', shown, 'no'))])
  const found = find(index, split)
  const passedOver = [...index.exact, ...index.wildcards]
    .filter((domain) => domain !== found)
    .map((domain) => passed(domain.virtualHost.at, domain.virtualHost.name, domainCheck(domain, shown)))
  if (found !== null) return step(found.virtualHost, [check('domain', found.text, shown, true)], passedOver)
  return step(fallback, fallback === null ? [] : [check('domain', '*', shown, true)], passedOver)
}

const passed = (at: string, name: string, failed: Check): PassedOver => ({at, name, check: failed})

/** A losing candidate that fits as well lost to one that is tried before it. */
const domainCheck = (domain: Domain, shown: string): Check => {
  const split = splitHostPort(shown)
  const fits = split !== null && (fitsExactly(domain, split) || fitsAsSuffix(domain, split))
  return check('domain', domain.text, shown, fits)
}

const portFits = (domain: Domain, port: string): boolean => domain.port === port || domain.port === '*'

const fitsExactly = (domain: Domain, {host, port}: {host: string; port: string}): boolean =>
  !domain.text.startsWith('*') && domain.host === host && portFits(domain, port)

/** At least one character has to stand before the suffix. */
const fitsAsSuffix = (domain: Domain, {host, port}: {host: string; port: string}): boolean =>
  domain.text.startsWith('*') &&
  portFits(domain, port) &&
  host.length > domain.host.length &&
  host.endsWith(domain.host)

function find({exact, wildcards}: DomainIndex, split: {host: string; port: string}): Domain | null {
  const own = exact.filter((domain) => fitsExactly(domain, split))
  const suffixes = wildcards.filter((domain) => fitsAsSuffix(domain, split))
  return (
    own.find(({port}) => port === split.port) ??
    own[0] ??
    suffixes.find(({port}) => port === split.port) ??
    suffixes[0] ??
    null
  )
}
