/**
 * What NAT made of a connection's first packet. The kernel does the same to every later one, from the connection's entry: the nat
 * tables are not asked again (nf_nat_inet_fn, nf_nat_packet).
 */
export interface Mapping {
  by: 'REDIRECT' | 'DNAT' | null
  src: string
  sport: number | null
  dst: string
  dport: number | null
}
