import type {NamedSet} from './expression.js'
import type {RuleOptions} from './options.js'
import type {Hook} from './packet.js'
import type {Statement} from './statement.js'

export interface Counters {
  packets: number
  bytes: number
}

/** The family of a table, in nftables' word; iptables has `ip` and `ip6`. Others (`arp`, `bridge`, `netdev`) never see what we evaluate. */
export type Family = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev'

/** What ties a chain to the kernel's packet path. */
export interface BaseChain {
  type: 'filter' | 'nat' | 'route'
  /** null: a hook outside our paths (`ingress`, `egress`). */
  hook: Hook | null
  /** Lower runs earlier; the one registered later runs first among equals. */
  priority: number
  policy: 'accept' | 'drop'
}

export interface Rule {
  /** The kernel's TRACE form, `nat:ISTIO_OUTPUT:rule:4`; native nftables `inet istio-proxy-nat:output:rule:1`. */
  name: string
  table: string
  chain: string
  /** From 1, in the order of the listing. */
  number: number
  /** null where the listing has none. */
  counters: Counters | null
  /** Conditions and actions, in the order they run. */
  readonly statements: Statement[]
  /** The rule as it was written. */
  text: string
  /** Where it stands in its text, from 1; null in JSON. */
  line: number | null
  readonly comment: string | null
  /** iptables' own options, so that the rule can be printed again; null for nftables. */
  readonly options: RuleOptions | null
}

export interface Chain {
  name: string
  base: BaseChain | null
  /** Of the policy. */
  counters: Counters | null
  rules: Rule[]
}

export interface Table {
  family: Family
  name: string
  /** Made with nftables' own means: rules are named with family and table. */
  native: boolean
  chains: Chain[]
  sets: NamedSet[]
}

export type RulesetFormat = 'iptables-save' | 'iptables -S' | 'iptables -L' | 'nft text' | 'nft json'

/** The rules of one text: one family of iptables, or everything that nft lists. */
export interface Ruleset {
  /** Where it came from, for people: a path. */
  origin: string
  format: RulesetFormat
  /** x_tables or nf_tables beneath, where the text tells. They differ in where nat INPUT stands. */
  backend: 'nf_tables' | 'legacy' | null
  tables: Table[]
  /** What the text has lost or leaves open, for people. */
  warnings: string[]
}
