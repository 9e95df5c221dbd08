/** A place where netfilter asks its chains. */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/** A hook alone, or a way through several: out of a local socket, in to one, or across. */
export type HookPath = Hook | 'path-out' | 'path-in' | 'path-forward'

/** A packet as rules see it (contract 4). Members that are absent are not known. */
export interface Packet {
  /** `tcp`, `udp`, `icmp`, ... or a number. */
  proto: string
  src: string
  dst: string
  sport?: number
  dport?: number
  in?: string | null
  out?: string | null
  /** Owner of the socket; null: no socket. */
  uid?: number | null
  gid?: number | null
  mark?: number
  /** Conntrack state: NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED. */
  ctstate?: string
  ctmark?: number
  ctdir?: 'ORIGINAL' | 'REPLY'
  ctstatus?: string[]
  ctorigsrc?: string
  ctorigsrcport?: number
  ctorigdst?: string
  ctorigdstport?: number
  /** TCP flags set: SYN, ACK, ... */
  flags?: string[]
  icmpType?: number
  icmpCode?: number
  ttl?: number
  /** Of the whole IP packet, in bytes. */
  length?: number
  /** The nat tables have set this connection's mapping already. */
  natDone?: boolean
  /** Second pass over lo of a packet that was sent on this machine. */
  loopbackOf?: boolean
}
