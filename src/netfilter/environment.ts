/** An interface of the network namespace with its addresses, as `ip addr` lists them. */
export interface Interface {
  name: string
  index: number
  /** `10.0.0.2/24`, in the kernel's order. */
  addresses: string[]
}

/** A socket that listens, as `ss -lntup` shows it. */
export interface ListeningSocket {
  proto: 'tcp' | 'udp'
  /** `0.0.0.0`, `*` or `::` for any. */
  address: string
  port: number
  /** IP_TRANSPARENT is set; absent where it is not known (`ss` does not show it). */
  transparent?: boolean
  /** Name of the process that holds it (`envoy`), where it is known. */
  process?: string
}

/** What netfilter asks besides its rules. A member that is absent is not known and becomes an assumption where it is needed. */
export interface Environment {
  interfaces?: Interface[]
  /** Lines of `ip rule`: the IPv4 ones, then the IPv6 ones (which begin again at `0:`). */
  ipRules?: string[]
  /** Lines of `ip route show table all`: the IPv4 ones, then the IPv6 ones. */
  ipRoutes?: string[]
  sysctl?: Record<string, number>
  listeners?: ListeningSocket[]
  /** Text of `ipset save`. */
  ipsets?: string
}
