/** Draws numbers from a seed, the same every time (mulberry32). */
export interface Dice {
  below(limit: number): number
  chance(probability: number): boolean
  one<T>(of: readonly T[]): T
}

export function dice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: (probability) => next() < probability,
    one: (of) => {
      const picked = of[below(of.length)]
      if (picked === undefined) throw new Error('nothing to draw from')
      return picked
    },
  }
}

const own = ['10.244.1.5', '10.244.1.55', '172.31.7.5']
const foreign = ['1.2.3.4', '10.96.0.10', '10.244.1.9', '172.31.9.9', '203.0.113.9']
const local = [...own, '127.0.0.1', '127.0.0.6']
const networks = [
  '10.0.0.0/8',
  '10.244.1.0/24',
  '127.0.0.0/8',
  '1.2.0.0/16',
  '172.31.0.0/16',
  '10.0.1.0/255.0.255.0',
  '203.0.113.9/32',
]
const ports = [53, 80, 443, 8080, 9080, 15001, 15006, 15008, 15020, 15021, 15090]
const ids = [0, 1000, 1337, 65534]
const marks = ['0x0', '0x1', '0x539', '0x53a', '0x10/0x10', '0x539/0xfff']

export interface RandomPacket {
  hook: 'path-out' | 'path-in'
  proto: 'tcp' | 'udp'
  src: string
  dst: string
  sport: number
  dport: number
  flags: string[]
  uid: number
  gid: number
  mark: number
  ttl: number
}

/** A packet whose source port no other one has: each makes a connection of its own. */
export function randomPacket(d: Dice, sport: number): RandomPacket {
  const out = d.chance(0.65)
  const proto = d.chance(0.75) ? 'tcp' : 'udp'
  const loopback = out && d.chance(0.2)
  return {
    hook: out ? 'path-out' : 'path-in',
    proto,
    src: loopback ? '127.0.0.1' : out ? d.one(own) : d.one(foreign),
    dst: loopback ? d.one(['127.0.0.1', '127.0.0.6', '10.244.1.5']) : out ? d.one([...foreign, ...local]) : d.one(own),
    sport,
    dport: d.one(ports),
    flags: proto === 'udp' ? [] : d.one([['SYN'], ['SYN'], ['SYN'], ['RST'], ['SYN', 'FIN']]),
    uid: d.one(ids),
    gid: d.one(ids),
    mark: out ? d.one([0, 0, 0, 1, 0x539, 0x53a]) : 0,
    ttl: d.one([2, 64, 255]),
  }
}

const not = (d: Dice): string => (d.chance(0.25) ? '! ' : '')

type Hook = 'PREROUTING' | 'INPUT' | 'OUTPUT' | 'POSTROUTING'

function matches(d: Dice, hook: Hook): string[] {
  const found: string[] = []
  if (d.chance(0.3)) found.push(`${not(d)}-s ${d.one(networks)}`)
  if (d.chance(0.3)) found.push(`${not(d)}-d ${d.one(networks)}`)
  const side = hook === 'PREROUTING' || hook === 'INPUT' ? '-i' : '-o'
  if (d.chance(0.25)) found.push(`${not(d)}${side} ${d.one(['lo', 'eth0', 'eth+', 'l+'])}`)
  const proto = d.chance(0.6) ? d.one(['tcp', 'tcp', 'udp']) : null
  if (proto) found.push(...transport(d, proto))
  const sends = hook === 'OUTPUT' || hook === 'POSTROUTING'
  for (const [probability, match] of others) if (d.chance(probability)) found.push(match(d))
  if (sends && d.chance(0.3))
    found.push(`-m owner ${not(d)}${d.one(['--uid-owner', '--gid-owner'])} ${d.one(['0', '1000', '1337', '0-999'])}`)
  return found
}

function transport(d: Dice, proto: string): string[] {
  const found = [`-p ${proto}`]
  const side = d.below(10)
  if (side < 4) found.push(`-m ${proto} ${not(d)}--dport ${d.one(['80', '443', '15001:15090', '53', '8080'])}`)
  else if (side < 6) {
    const lists = ['53,15008', '80,443,8080:9080', '15020,15021,15090']
    found.push(`-m multiport ${not(d)}${d.one(['--dports', '--ports'])} ${d.one(lists)}`)
  }
  if (proto === 'tcp' && d.chance(0.15))
    found.push(`-m tcp ${not(d)}--tcp-flags FIN,SYN,RST,ACK ${d.one(['SYN', 'RST', 'FIN,SYN'])}`)
  return found
}

const others: readonly [number, (d: Dice) => string][] = [
  [0.15, (d) => `-m mark ${not(d)}--mark ${d.one(marks)}`],
  [0.1, (d) => `-m connmark ${not(d)}--mark ${d.one(marks)}`],
  [
    0.15,
    (d) =>
      `-m conntrack ${not(d)}--ctstate ${d.one(['NEW', 'INVALID', 'RELATED,ESTABLISHED', 'UNTRACKED', 'DNAT', 'SNAT', 'NEW,INVALID'])}`,
  ],
  [0.05, (d) => `-m conntrack ${not(d)}--ctorigdst ${d.one(networks)}`],
  [0.05, (d) => `-m conntrack ${not(d)}--ctorigdstport ${d.one(['80', '443:15001'])}`],
  [
    0.08,
    (d) =>
      `-m addrtype ${not(d)}${d.one(['--dst-type', '--src-type'])} ${d.one(['LOCAL', 'UNICAST', 'UNICAST,LOCAL'])}`,
  ],
  [0.05, (d) => `-m ttl ${d.one(['--ttl-eq 64', '--ttl-lt 64', '--ttl-gt 10', '! --ttl-eq 2'])}`],
  [0.05, (d) => `-m length ${not(d)}--length ${d.one(['28', '40', '30:60'])}`],
  [0.05, (d) => `-m iprange ${not(d)}--dst-range ${d.one(['10.0.0.0-10.255.255.255', '127.0.0.1-127.0.0.5'])}`],
]

function target(d: Dice, table: string, hook: Hook, proto: string | null, chains: readonly string[]): string {
  if (chains.length > 0 && d.chance(0.25)) return `${d.one(['-j', '-j', '-g'])} ${d.one(chains)}`
  if (d.chance(0.1)) return ''
  const nat: Readonly<Record<Hook, () => string>> = {
    PREROUTING: () =>
      d.one([...(proto ? ['-j REDIRECT --to-ports 15006'] : []), '-j DNAT --to-destination 10.244.1.55', '-j ACCEPT']),
    OUTPUT: () =>
      d.one([
        ...(proto ? ['-j REDIRECT --to-ports 15001', '-j DNAT --to-destination 10.244.1.9:8080'] : []),
        '-j DNAT --to-destination 10.244.1.5',
        '-j RETURN',
      ]),
    INPUT: () => d.one(['-j SNAT --to-source 10.9.9.9', '-j ACCEPT']),
    POSTROUTING: () => d.one(['-j MASQUERADE', '-j SNAT --to-source 172.31.7.5', '-j ACCEPT']),
  }
  if (table === 'nat') return nat[hook]()
  if (table === 'raw')
    return d.one(['-j CT --notrack', '-j CT --zone 2', '-j ACCEPT', '-j RETURN', '-j MARK --set-xmark 0x1/0xffffffff'])
  if (table === 'filter') return d.one(['-j ACCEPT', '-j ACCEPT', '-j DROP', '-j RETURN'])
  const tproxy =
    hook === 'PREROUTING' && proto === 'tcp'
      ? [`-j TPROXY --on-port ${d.one([15006, 15006, 15007])} --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff`]
      : []
  return d.one([
    ...tproxy,
    `-j MARK --set-xmark ${d.one(['0x539/0xffffffff', '0x1/0x1', '0x53a/0xffffffff', '0x10/0x10'])}`,
    `-j CONNMARK ${d.one(['--set-xmark 0x539/0xffffffff', '--save-mark --nfmask 0xffffffff --ctmask 0xffffffff', '--restore-mark --nfmask 0xff --ctmask 0xff'])}`,
    '-j ACCEPT',
    '-j RETURN',
    ...(d.chance(0.3) ? ['-j DROP'] : []),
  ])
}

const hooksOf: Readonly<Record<string, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'OUTPUT'],
}

/** A random rule set for iptables-restore. */
export function randomRules(d: Dice): string {
  return Object.keys(hooksOf)
    .map((table) => `*${table}\n${tableRules(d, table)}\nCOMMIT\n`)
    .join('')
}

function tableRules(d: Dice, table: string): string {
  const lines: string[] = []
  const chains: string[] = []
  for (const hook of hooksOf[table] ?? []) {
    const deeper = `${hook.slice(0, 2)}-${table}-B`
    const inner = `${hook.slice(0, 2)}-${table}-A`
    chains.push(`:${inner} - [0:0]`, `:${deeper} - [0:0]`)
    lines.push(
      ...chainRules(d, table, hook, hook, [inner, deeper]),
      ...chainRules(d, table, hook, inner, [deeper]),
      ...chainRules(d, table, hook, deeper, []),
    )
  }
  return [...chains, ...lines].join('\n')
}

function chainRules(d: Dice, table: string, hook: Hook, chain: string, deeper: readonly string[]): string[] {
  return Array.from({length: d.below(4)}, () => {
    const found = matches(d, hook)
    const proto = found.map((match) => /^-p (\w+)/.exec(match)?.[1]).find((name) => name !== undefined) ?? null
    return ['-A', chain, ...found, target(d, table, hook, proto, deeper)].filter((word) => word !== '').join(' ')
  })
}
