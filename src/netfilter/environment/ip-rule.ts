import {type Network, parseNetwork} from '../../address/network.js'

/** One line of `ip rule`: which packets ask which routing table. */
export interface PolicyRule {
  version: 4 | 6
  priority: number
  negated: boolean
  from: Network | null
  to: Network | null
  mark: {value: number; mask: number} | null
  iif: string | null
  oif: string | null
  /** The table to ask; null for a rule that ends the search (`unreachable`, `blackhole`, `prohibit`). */
  table: string | null
  action: 'lookup' | 'unreachable' | 'blackhole' | 'prohibit'
  /** Routes with a shorter or equal prefix are passed over. */
  suppressPrefix: number | null
  /** Selectors that are not modelled (`uidrange`, `ipproto`, ...): nobody can tell whether the rule applies. */
  unmodelled: boolean
  line: string
}

/** Reads the lines of `ip rule`: the IPv4 ones, then the IPv6 ones, which begin again at priority 0. */
export function parsePolicyRules(lines: readonly string[]): PolicyRule[] {
  const rules: PolicyRule[] = []
  let version: 4 | 6 = 4
  for (const line of lines) {
    const rule = parsePolicyRule(line, version)
    if (rule === null) continue
    const last = rules.at(-1)
    if (last && rule.priority < last.priority) version = 6
    rules.push({...rule, version})
  }
  return rules
}

const networkOrAll = (text: string | null): Network | null =>
  text === null || text === 'all' ? null : parseNetwork(text)

function parsePolicyRule(line: string, version: 4 | 6): PolicyRule | null {
  const parts = /^\s*(\d+):\s*(.*)$/.exec(line)
  if (parts === null) return null
  const words = (parts[2] ?? '').trim().split(/\s+/)
  const value = (name: string): string | null => {
    const at = words.indexOf(name)
    return at < 0 ? null : (words[at + 1] ?? null)
  }
  const [mark, mask] = value('fwmark')?.split('/') ?? []
  const final = (['unreachable', 'blackhole', 'prohibit'] as const).find((word) => words.includes(word))
  const table = value('lookup') ?? value('table')
  const suppress = value('suppress_prefixlength')
  return {
    version,
    priority: Number(parts[1]),
    negated: words.includes('not'),
    from: networkOrAll(value('from')),
    to: networkOrAll(value('to')),
    mark: mark === undefined ? null : {value: Number(mark), mask: mask === undefined ? 0xffffffff : Number(mask)},
    iif: value('iif'),
    oif: value('oif'),
    table,
    action: final ?? 'lookup',
    suppressPrefix: suppress === null ? null : Number(suppress),
    unmodelled:
      words.some((word) => /^(uidrange|ipproto|sport|dport|tos|tun_id|goto|nat|l3mdev)$/.test(word)) ||
      (final === undefined && table === null),
    line,
  }
}
