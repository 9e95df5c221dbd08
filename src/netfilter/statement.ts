import type {IpAddress} from '../address/ip-address.js'
import type {Network} from '../address/network.js'
import type {Expression, SetElement, ValueSet} from './expression.js'

/** Two numbers, both included: ports, ids, lengths. */
export interface NumberRange {
  low: number
  high: number
}

/** Two addresses of one family, both included. */
export interface AddressRange {
  version: 4 | 6
  low: bigint
  high: bigint
}

/** A condition that may be turned around with `!`. */
export interface Negatable<T> {
  negated: boolean
  of: T
}

/** What one `-m conntrack` (or `-m state`) asks; all that are given must hold. */
export interface ConntrackMatch {
  kind: 'conntrack'
  state?: Negatable<string[]>
  status?: Negatable<string[]>
  direction?: Negatable<'ORIGINAL' | 'REPLY'>
  protocol?: Negatable<number>
  origsrc?: Negatable<Network>
  origdst?: Negatable<Network>
  replsrc?: Negatable<Network>
  repldst?: Negatable<Network>
  origsrcport?: Negatable<NumberRange>
  origdstport?: Negatable<NumberRange>
  replsrcport?: Negatable<NumberRange>
  repldstport?: Negatable<NumberRange>
  /** Options that are not modelled, as they were written. */
  unmodelled: string[]
}

/** What one `-m owner` asks of the socket that sent the packet. */
export interface OwnerMatch {
  kind: 'owner'
  uid?: Negatable<NumberRange>
  gid?: Negatable<NumberRange>
  socketExists?: Negatable<true>
}

export interface AddressTypeMatch {
  kind: 'addrtype'
  src?: Negatable<string[]>
  dst?: Negatable<string[]>
  /** The types are asked of this interface alone (`--limit-iface-in`, `--limit-iface-out`). */
  limit: 'in' | 'out' | null
}

/** A condition of a rule: iptables' matches, and nftables' comparisons. */
export type Match =
  | {kind: 'protocol'; negated: boolean; protocol: number}
  | {kind: 'address'; side: 'src' | 'dst'; negated: boolean; network: Network}
  | {kind: 'iprange'; side: 'src' | 'dst'; negated: boolean; range: AddressRange}
  /** `prefix`: any interface whose name begins so (`eth+`). */
  | {kind: 'interface'; side: 'in' | 'out'; negated: boolean; name: string; prefix: boolean}
  /** `port`: the source or the destination port. */
  | {kind: 'ports'; side: 'sport' | 'dport' | 'port'; negated: boolean; ranges: NumberRange[]}
  | {kind: 'tcp-flags'; negated: boolean; mask: number; set: number}
  /** `type: null` is any type. */
  | {kind: 'icmp-type'; version: 4 | 6; negated: boolean; type: number | null; codes: NumberRange}
  | OwnerMatch
  | ConntrackMatch
  | {kind: 'mark'; of: 'packet' | 'connection'; negated: boolean; value: number; mask: number}
  | AddressTypeMatch
  | {kind: 'length'; negated: boolean; range: NumberRange}
  | {kind: 'ttl'; operator: '==' | '!=' | '<' | '>'; value: number}
  | {kind: 'pkttype'; negated: boolean; type: string}
  | {kind: 'set'; negated: boolean; name: string; sides: ('src' | 'dst')[]; returnNomatch: boolean}
  | {kind: 'limit'; negated: boolean; rate: string}
  /** What only the running kernel knows: whether it is `usual` is assumed, and `key` is the name under which that can be turned. */
  | {kind: 'running'; negated: boolean; key: string; about: string; usual: boolean; words: readonly [string, string]}
  /** Holds with this probability; `about` is how the rule says so. */
  | {kind: 'chance'; probability: number; about: string}
  | {kind: 'socket'; transparent: boolean; nowildcard: boolean; restoreMark: boolean}
  | {kind: 'comment'; text: string}
  | {kind: 'compare'; left: Expression; operator: Operator; right: ValueSet}
  /** A match that is not modelled, as it was written: it can be neither said to hold nor to fail. */
  | {kind: 'unmodelled'; text: string}
  /** Something that the listing does not show, so that nobody can tell whether the rule asks for it. */
  | {kind: 'lost'; what: string}

/** `in`: any of the bits; `!`: none of the bits. */
export type Operator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!'

/** Where NAT sends a connection to, or lets it seem to come from. */
export interface NatRange {
  addresses: AddressRange | null
  ports: NumberRange | null
  /** The port is drawn by chance (`--random`, `--random-fully`). */
  random: boolean
}

/** What a rule does once its conditions hold. */
export type Action =
  | {kind: 'counter'}
  | {kind: 'verdict'; verdict: 'accept' | 'drop' | 'return' | 'continue'}
  | {kind: 'jump' | 'goto'; chain: string}
  | {kind: 'reject'; with: string | null}
  /** mark = (mark & ~mask) ^ value */
  | {kind: 'set-mark'; of: 'packet' | 'connection'; value: number; mask: number}
  /** Copies the packet's mark to the connection (`save`) or back (`restore`), through both masks. */
  | {kind: 'copy-mark'; direction: 'save' | 'restore'; packetMask: number; connectionMask: number}
  | {kind: 'notrack'}
  /** Any CT target but notrack: a template that conntrack will follow. */
  | {kind: 'ct-template'; zone: number | null; text: string}
  | {kind: 'redirect'; range: NatRange}
  | {kind: 'nat'; side: 'src' | 'dst'; range: NatRange; family: 4 | 6 | null}
  /** NAT whose destination is looked up (`dnat to ip daddr map {...}`). */
  | {kind: 'nat-map'; side: 'src' | 'dst'; address: Expression; port: Expression | null; family: 4 | 6 | null}
  | {kind: 'netmap'; network: Network}
  | {kind: 'masquerade'; range: NatRange}
  /** xt drops without a listener, nft breaks off its rule. */
  | {
      kind: 'tproxy'
      dialect: 'xt' | 'nft'
      address: IpAddress | null
      port: number | null
      mark: number
      mask: number
      family: 4 | 6 | null
    }
  | {kind: 'mangle'; key: Expression; value: Expression}
  | {kind: 'vmap'; key: Expression; elements: VerdictMap}
  /** Changes nothing that a rule can see: LOG, NFLOG, TRACE, TCPMSS ... */
  | {kind: 'aside'; text: string}
  | {kind: 'unmodelled-action'; text: string}

export type Statement = Match | Action

/** The elements of a verdict map, or the name of the table's map that holds them. */
export type VerdictMap = {kind: 'elements'; elements: SetElement[]} | {kind: 'named'; name: string}
