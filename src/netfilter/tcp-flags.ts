const bits: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ECN: 64,
  ECE: 64,
  CWR: 128,
}

/** The bits of a list of flag names; `ALL` and `NONE` as iptables has them. null: a name that is none. */
export function tcpFlagBits(names: readonly string[]): number | null {
  let sum = 0
  for (const name of names) {
    const upper = name.toUpperCase()
    const bit = upper === 'ALL' ? 63 : upper === 'NONE' || upper === '' ? 0 : bits[upper]
    if (bit === undefined) return null
    sum |= bit
  }
  return sum
}

/** `SYN,ACK`; `NONE` for no bit. */
export const formatTcpFlags = (value: number): string =>
  Object.keys(bits)
    .filter((name) => name !== 'ECN' && ((bits[name] ?? 0) & value) !== 0)
    .join(',') || 'NONE'

/** Bits that say something of a connection, without CWR, ECE and PSH. */
const telling = 0x37

/** SYN, SYN URG, SYN ACK, RST, RST ACK, FIN ACK, FIN ACK URG, ACK, ACK URG (tcp_valid_flags). */
const tracked: ReadonlySet<number> = new Set([0x02, 0x22, 0x12, 0x04, 0x14, 0x11, 0x31, 0x10, 0x30])

/** Whether conntrack takes a segment with these flags; others it finds invalid, whatever connection they belong to (tcp_error). */
export const areTrackedFlags = (flags: number): boolean => tracked.has(flags & telling)
