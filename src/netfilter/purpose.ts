import {type RuleFacts, ruleFacts} from './rule-facts.js'
import type {Chain, Rule, Table} from './ruleset.js'

/** Who wrote a rule, as its chains tell: Istio's init container or CNI plugin write the same. */
export type Writer = 'istio' | 'kube-proxy' | 'user'

/** What a rule is for. Numbers and names are the rule's own. */
export type Purpose =
  /** A base chain hands over to Istio's (or kube-proxy's) chain. */
  | {
      kind: 'enter'
      chain: string
      what: 'inbound' | 'outbound' | 'dns-zones' | 'dns' | 'services' | 'postrouting' | 'other'
    }
  | {kind: 'redirect'; to: 'inbound-proxy' | 'outbound-proxy' | 'dns-proxy' | 'other'; port: number | null}
  | {kind: 'call'; chain: string; to: 'inbound-proxy' | 'outbound-proxy' | 'other'; rest: boolean}
  /** A port that is left alone, and whose it is. */
  | {
      kind: 'exclude-port'
      direction: Direction
      ports: string
      of: 'hbone' | 'agent' | 'readiness' | 'metrics' | 'user'
    }
  | {kind: 'include-port'; direction: Direction; ports: string}
  | {kind: 'exclude-range'; network: string}
  | {kind: 'include-range'; network: string}
  | {kind: 'exclude-owner' | 'include-owner'; id: 'uid' | 'gid'; range: string}
  | {kind: 'exclude-interface'; name: string}
  /** What the sidecar sends to its app comes from 127.0.0.6 and must not come back to it. */
  | {kind: 'passthrough'}
  /** The proxy's own traffic is let go: redirected, it would come back to the proxy. */
  | {kind: 'proxy-own'; id: 'uid' | 'gid'; value: number}
  /** The pod calls its own address or service: Envoy's connection to itself is treated as inbound. */
  | {kind: 'self-call'; id: 'uid' | 'gid'; value: number; mark: number | null}
  /** The app talks to itself over lo. */
  | {kind: 'app-over-lo'; id: 'uid' | 'gid'; value: number}
  | {kind: 'localhost'}
  | {kind: 'dns-capture'; server: string | null; protocol: string; port: number | null}
  | {kind: 'dns-proxy-own'; id: 'uid' | 'gid'; value: number}
  | {kind: 'dns-zone'; zone: number | null; of: 'proxy-query' | 'proxy-answer' | 'app-query' | 'server-answer'}
  | {kind: 'drop-invalid'}
  | {kind: 'drop'}
  | {kind: 'tproxy'; port: number | null; mark: number}
  | {kind: 'divert'; step: 'call' | 'mark' | 'accept'; mark: number | null}
  | {kind: 'tproxy-marked'; mark: number}
  | {kind: 'lo-not-self'; mark: number}
  | {kind: 'mark-connection' | 'mark-reply'; mark: number}
  | {kind: 'kube-virt'; name: string; action: 'redirect' | 'return'}
  /** kubelet's probes of pods in ambient mode come from this address. */
  | {kind: 'ambient'; what: 'probe' | 'mark' | 'redirect' | 'other'}
  | {
      kind: 'kube-service'
      service: string | null
      what: 'jump' | 'endpoint' | 'reject' | 'masquerade-mark' | 'no-local'
      probability: number | null
    }
  | {kind: 'kube-masquerade'; mark: number | null}
  | {kind: 'kube-other'; chain: string}
  | {kind: 'user'}

export type Direction = 'inbound' | 'outbound'

export interface RulePurpose {
  writer: Writer
  purpose: Purpose
}

/** Chain names in one spelling: `istio-output` of native nftables is ISTIO_OUTPUT. */
const canonical = (name: string): string => name.toUpperCase().replaceAll('-', '_')

const isIstio = (chain: string): boolean => canonical(chain).startsWith('ISTIO_')
const isKube = (chain: string): boolean => /^KUBE[-_]/i.test(chain)

/** What a rule is for, from its own words and the chains that it stands in and leads to. */
export function purposeOf(table: Table, chain: Chain, rule: Rule): RulePurpose {
  const facts = ruleFacts(rule)
  if (isIstio(chain.name)) return {writer: 'istio', purpose: istioPurpose(canonical(chain.name), table, facts)}
  if (facts.chain !== null && isIstio(facts.chain))
    return {writer: 'istio', purpose: entering(canonical(facts.chain), table, facts)}
  if (isKube(chain.name) || (facts.chain !== null && isKube(facts.chain)))
    return {writer: 'kube-proxy', purpose: kubePurpose(chain.name, facts)}
  const base = chain.base === null ? null : istioBasePurpose(table, chain, facts)
  return base === null ? {writer: 'user', purpose: {kind: 'user'}} : {writer: 'istio', purpose: base}
}

const inboundChains = /^ISTIO_(INBOUND|IN_REDIRECT|TPROXY|DIVERT|PRERT)$/

function entering(target: string, table: Table, facts: RuleFacts): Purpose {
  if (facts.in !== null && target === 'ISTIO_REDIRECT') return {kind: 'kube-virt', name: facts.in, action: 'redirect'}
  if (target === 'ISTIO_DROP') return {kind: 'drop-invalid'}
  const chain = facts.chain ?? target
  if (target === 'ISTIO_OUTPUT_DNS')
    return {kind: 'enter', chain, what: table.name.includes('raw') ? 'dns-zones' : 'dns'}
  if (target === 'ISTIO_INBOUND' && table.name.includes('raw')) return {kind: 'enter', chain, what: 'dns-zones'}
  if (target === 'ISTIO_OUTPUT') return {kind: 'enter', chain, what: 'outbound'}
  return {kind: 'enter', chain, what: inboundChains.test(target) ? 'inbound' : 'other'}
}

/** Istio's rules that stand in a base chain: marks of TPROXY mode, KubeVirt's interfaces, and the zones of DNS, which older ones wrote there. */
function istioBasePurpose(table: Table, chain: Chain, facts: RuleFacts): Purpose | null {
  const {mark, connmark, action} = facts
  if (action === 'set-mark' && facts.setMark === 0x53a && facts.owner) return selfCall(facts.owner, 0x53a)
  if (mark?.value === 0x539 && action === 'return') return {kind: 'tproxy-marked', mark: 0x539}
  if (mark?.value === 0x539 && action === 'save-mark') return {kind: 'mark-connection', mark: 0x539}
  if (connmark?.value === 0x539 && action === 'restore-mark') return {kind: 'mark-reply', mark: 0x539}
  const dns = /istio/.test(table.name) && facts.dports === '53' && action === 'redirect'
  if (dns)
    return {kind: 'dns-capture', server: facts.dst?.text ?? null, protocol: facts.protocol ?? 'any', port: facts.toPort}
  const dnsPort = facts.dports === '53' || facts.sports === '53' || facts.sports === '15053'
  if (table.name === 'raw' && action === 'zone' && dnsPort && (facts.zone === 1 || facts.zone === 2))
    return dnsPurpose(table, facts)
  const virt =
    chain.base?.hook === 'prerouting' &&
    facts.in !== null &&
    facts.in !== 'lo' &&
    action === 'return' &&
    table.chains.some(({name}) => isIstio(name))
  return virt ? {kind: 'kube-virt', name: facts.in ?? '', action: 'return'} : null
}

const selfCall = (owner: NonNullable<RuleFacts['owner']>, mark: number | null): Purpose => ({
  kind: 'self-call',
  id: owner.id,
  value: owner.low,
  mark,
})

/** Rules in Istio's own chains. */
function istioPurpose(chain: string, table: Table, facts: RuleFacts): Purpose {
  if (facts.chain !== null && canonical(facts.chain) === 'ISTIO_DROP') return {kind: 'drop-invalid'}
  switch (chain) {
    case 'ISTIO_REDIRECT':
      return {kind: 'redirect', to: 'outbound-proxy', port: facts.toPort}
    case 'ISTIO_IN_REDIRECT':
      return {kind: 'redirect', to: 'inbound-proxy', port: facts.toPort}
    case 'ISTIO_DROP':
      return {kind: 'drop'}
    case 'ISTIO_DIVERT':
      return {kind: 'divert', step: facts.action === 'accept' ? 'accept' : 'mark', mark: facts.setMark}
    case 'ISTIO_TPROXY':
      return {kind: 'tproxy', port: facts.toPort, mark: facts.setMark ?? 0}
    case 'ISTIO_INBOUND':
      return inboundPurpose(table, facts)
    case 'ISTIO_OUTPUT_DNS':
      return dnsPurpose(table, facts)
    case 'ISTIO_OUTPUT':
      return outboundPurpose(facts)
    default:
      return ambientPurpose(chain, facts)
  }
}

const portOwners: Readonly<Record<string, 'hbone' | 'agent' | 'readiness' | 'metrics'>> = {
  '15008': 'hbone',
  '15020': 'agent',
  '15021': 'readiness',
  '15090': 'metrics',
}

function inboundPurpose(table: Table, facts: RuleFacts): Purpose {
  const {action, dports, chain} = facts
  if (table.name.includes('raw') || action === 'zone') return dnsPurpose(table, facts)
  if (facts.src?.text === '127.0.0.6' || facts.src?.text === '::6') return {kind: 'passthrough'}
  if (facts.mark?.value === 0x539) return {kind: 'tproxy-marked', mark: 0x539}
  if (facts.in === 'lo' && facts.mark?.negated) return {kind: 'lo-not-self', mark: facts.mark.value}
  if (chain !== null && canonical(chain) === 'ISTIO_DIVERT') return {kind: 'divert', step: 'call', mark: null}
  if (action === 'return' && dports !== null)
    return {kind: 'exclude-port', direction: 'inbound', ports: dports, of: portOwners[dports] ?? 'user'}
  if (chain !== null && dports !== null) return {kind: 'include-port', direction: 'inbound', ports: dports}
  if (chain !== null) return {kind: 'call', chain, to: 'inbound-proxy', rest: true}
  return {kind: 'user'}
}

/** Rules about DNS: capture in nat, conntrack zones in raw, so that the app's query and the proxy's own do not meet in one entry. */
function dnsPurpose(table: Table, facts: RuleFacts): Purpose {
  const {owner, sports, dports, action} = facts
  if (action === 'zone') {
    const query = dports === '53'
    const of = owner ? (query ? 'proxy-query' : 'proxy-answer') : query ? 'app-query' : 'server-answer'
    return {kind: 'dns-zone', zone: facts.zone, of}
  }
  if (action === 'redirect' || sports === '53') {
    return {kind: 'dns-capture', server: facts.dst?.text ?? null, protocol: facts.protocol ?? 'any', port: facts.toPort}
  }
  if (owner && !owner.negated) return {kind: 'dns-proxy-own', id: owner.id, value: owner.low}
  return {kind: 'enter', chain: facts.chain ?? '', what: table.name.includes('raw') ? 'dns-zones' : 'dns'}
}

function outboundPurpose(facts: RuleFacts): Purpose {
  const {owner, action, chain, dports, dst} = facts
  if (facts.src?.text === '127.0.0.6' || facts.src?.text === '::6') return {kind: 'passthrough'}
  if (owner && facts.out === 'lo') {
    if (chain !== null) return selfCall(owner, null)
    if (owner.negated) return {kind: 'app-over-lo', id: owner.id, value: owner.low}
  }
  if (chain !== null && canonical(chain) === 'ISTIO_OUTPUT_DNS') return {kind: 'enter', chain, what: 'dns'}
  if (action === 'redirect' && dports === '53')
    return {kind: 'dns-capture', server: dst?.text ?? null, protocol: facts.protocol ?? 'any', port: facts.toPort}
  if (action === 'return') return outboundReturn(facts)
  if (chain === null) return {kind: 'user'}
  if (owner) return {kind: 'include-owner', id: owner.id, range: owner.text}
  if (dports !== null) return {kind: 'include-port', direction: 'outbound', ports: dports}
  if (dst !== null) return {kind: 'include-range', network: dst.text}
  return {kind: 'call', chain, to: 'outbound-proxy', rest: true}
}

function outboundReturn({owner, dst, dports, out}: RuleFacts): Purpose {
  if (owner) {
    const proxy = !owner.negated && owner.low === owner.high
    return proxy
      ? {kind: 'proxy-own', id: owner.id, value: owner.low}
      : {kind: owner.negated ? 'include-owner' : 'exclude-owner', id: owner.id, range: owner.text}
  }
  if (dst?.text === '127.0.0.1' || dst?.text === '::1') return {kind: 'localhost'}
  if (dst !== null) return {kind: 'exclude-range', network: dst.text}
  if (dports !== null) return {kind: 'exclude-port', direction: 'outbound', ports: dports, of: 'user'}
  return out === null ? {kind: 'call', chain: '', to: 'other', rest: true} : {kind: 'exclude-interface', name: out}
}

function ambientPurpose(chain: string, facts: RuleFacts): Purpose {
  const probe = facts.src?.text === '169.254.7.127' || facts.dst?.text === '169.254.7.127'
  if (probe) return {kind: 'ambient', what: 'probe'}
  if (facts.action === 'redirect') return {kind: 'ambient', what: 'redirect'}
  return {kind: 'ambient', what: facts.setMark !== null || /MARK/.test(chain) ? 'mark' : 'other'}
}

/** kube-proxy writes the service into a comment: `default/reviews:http`. */
const serviceOf = (comment: string | null): string | null => /^[^\s/]+\/[^\s:]+(:\S+)?/.exec(comment ?? '')?.[0] ?? null

function kubePurpose(name: string, facts: RuleFacts): Purpose {
  const chain = facts.chain ?? name
  const service = serviceOf(facts.comment)
  const common = {kind: 'kube-service', service, probability: facts.probability} as const
  if (!isKube(name)) return {kind: 'enter', chain, what: /POSTROUTING/.test(chain) ? 'postrouting' : 'services'}
  if (facts.action === 'dnat') return {...common, what: 'endpoint'}
  if (facts.action === 'reject') return {...common, what: 'reject'}
  if (facts.action === 'drop')
    return service === null ? {kind: 'kube-other', chain: name} : {...common, what: 'no-local'}
  if (/MARK-MASQ|MARK_MASQ/i.test(chain))
    return name === chain ? {kind: 'kube-masquerade', mark: facts.setMark} : {...common, what: 'masquerade-mark'}
  if (facts.action === 'masquerade') return {kind: 'kube-masquerade', mark: facts.mark?.value ?? null}
  if (/^KUBE-(SVC|SEP|EXT|FW|XLB|NODEPORTS)/.test(chain) || service !== null) return {...common, what: 'jump'}
  return {kind: 'kube-other', chain: name}
}
