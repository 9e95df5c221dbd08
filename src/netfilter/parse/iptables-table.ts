import type {Hook} from '../packet.js'
import type {BaseChain, Family, Table} from '../ruleset.js'

/** Priorities of iptables' tables (uapi/linux/netfilter_ipv4.h; iptables-nft registers security at 150, x_tables at 50). */
const priorities: Readonly<Record<string, number>> = {raw: -300, mangle: -150, filter: 0, security: 50}

const hooks: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
}

export const iptablesTables: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security']

/** The hook of a built-in chain; null for a chain that people made. */
export const builtInHook = (chain: string): Hook | null => (Object.hasOwn(hooks, chain) ? (hooks[chain] ?? null) : null)

export function iptablesBase(table: string, hook: Hook, policy: 'accept' | 'drop', legacy: boolean): BaseChain {
  if (table === 'nat')
    return {type: 'nat', hook, priority: hook === 'prerouting' || hook === 'output' ? -100 : 100, policy}
  const priority = table === 'security' && !legacy ? 150 : (priorities[table] ?? 0)
  return {type: table === 'mangle' && hook === 'output' ? 'route' : 'filter', hook, priority, policy}
}

export const emptyTable = (family: Family, name: string): Table => ({family, name, native: false, chains: [], sets: []})

/** iptables' policies; null for what is none. */
export const readPolicy = (text: string | undefined): 'accept' | 'drop' | null =>
  text === 'ACCEPT' ? 'accept' : text === 'DROP' ? 'drop' : null
