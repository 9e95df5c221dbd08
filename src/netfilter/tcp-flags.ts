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
