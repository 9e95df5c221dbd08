import type {Addresses} from './addresses.js'

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
export function randomPacket(d: Dice, {own, foreign, loopback}: Addresses, sport: number): RandomPacket {
  const out = d.chance(0.65)
  const proto = d.chance(0.75) ? 'tcp' : 'udp'
  const over = out && d.chance(0.2)
  return {
    hook: out ? 'path-out' : 'path-in',
    proto,
    src: over ? loopback[0] : out ? d.one(own) : d.one(foreign),
    dst: over ? d.one([...loopback, ...own.slice(0, 1)]) : out ? d.one([...foreign, ...own, ...loopback]) : d.one(own),
    sport,
    dport: d.one(ports),
    flags: proto === 'udp' ? [] : d.one(flagSets),
    uid: d.one(ids),
    gid: d.one(ids),
    mark: out ? d.one([0, 0, 0, 1, 0x539, 0x53a]) : 0,
    ttl: d.one([2, 64, 255]),
  }
}

/** Most begin a connection; ACK alone is taken for one that was there before, and the last four belong to none. */
const flagSets: readonly string[][] = [
  ...new Array<string[]>(6).fill(['SYN']),
  ['SYN', 'PSH'],
  ['ACK'],
  ['RST'],
  ['SYN', 'FIN'],
  ['FIN'],
  [],
]

const not = (d: Dice): string => (d.chance(0.25) ? '! ' : '')

type Hook = 'PREROUTING' | 'INPUT' | 'OUTPUT' | 'POSTROUTING'

function matches(d: Dice, family: Addresses, hook: Hook): string[] {
  const found: string[] = []
  if (d.chance(0.3)) found.push(`${not(d)}-s ${d.one(family.networks)}`)
  if (d.chance(0.3)) found.push(`${not(d)}-d ${d.one(family.networks)}`)
  const side = hook === 'PREROUTING' || hook === 'INPUT' ? '-i' : '-o'
  if (d.chance(0.25)) found.push(`${not(d)}${side} ${d.one(['lo', 'eth0', 'eth+', 'l+'])}`)
  const proto = d.chance(0.6) ? d.one(['tcp', 'tcp', 'udp']) : null
  if (proto) found.push(...transport(d, proto))
  const sends = hook === 'OUTPUT' || hook === 'POSTROUTING'
  for (const [probability, match] of others) if (d.chance(probability)) found.push(match(d, family))
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

const others: readonly [number, (d: Dice, family: Addresses) => string][] = [
  [0.15, (d) => `-m mark ${not(d)}--mark ${d.one(marks)}`],
  [0.1, (d) => `-m connmark ${not(d)}--mark ${d.one(marks)}`],
  [
    0.15,
    (d) =>
      `-m conntrack ${not(d)}--ctstate ${d.one(['NEW', 'INVALID', 'RELATED,ESTABLISHED', 'UNTRACKED', 'DNAT', 'SNAT', 'NEW,INVALID'])}`,
  ],
  [0.05, (d, {networks}) => `-m conntrack ${not(d)}--ctorigdst ${d.one(networks)}`],
  [0.05, (d) => `-m conntrack ${not(d)}--ctorigdstport ${d.one(['80', '443:15001'])}`],
  [
    0.08,
    (d) =>
      `-m addrtype ${not(d)}${d.one(['--dst-type', '--src-type'])} ${d.one(['LOCAL', 'UNICAST', 'UNICAST,LOCAL'])}`,
  ],
  [
    0.05,
    (d, {version}) => {
      const [module, name] = version === 4 ? ['ttl', 'ttl'] : ['hl', 'hl']
      return `-m ${module} ${d.one([`--${name}-eq 64`, `--${name}-lt 64`, `--${name}-gt 10`, `! --${name}-eq 2`])}`
    },
  ],
  [
    0.05,
    (d, {version}) =>
      `-m length ${not(d)}--length ${d.one(version === 4 ? ['28', '40', '30:60'] : ['48', '60', '50:80'])}`,
  ],
  [0.05, (d, {range}) => `-m iprange ${not(d)}--dst-range ${range.join('-')}`],
  [
    0.08,
    (d, {version}) =>
      `-m set ${not(d)}--match-set ${d.one([`net${version} dst`, `net${version} src`, `port${version} dst,dst`, `list${version} dst`, 'ports dst'])}`,
  ],
]

/** What `ipset restore` takes: the sets that rules ask. */
export const ipsets = ({version, networks, foreign, own}: Addresses): string => {
  const family = `family ${version === 4 ? 'inet' : 'inet6'}`
  const plain = networks.filter((network) => !/\/.*[.:]/.test(network) && !network.startsWith('::/'))
  return [
    `create net${version} hash:net ${family}`,
    ...plain.slice(0, 3).map((network) => `add net${version} ${network}`),
    `add net${version} ${foreign[1]} nomatch`,
    `create port${version} hash:ip,port ${family}`,
    `add port${version} ${foreign[0]},tcp:80`,
    `add port${version} ${foreign[2]},tcp:443`,
    `add port${version} ${own[0]},udp:53`,
    `create list${version} list:set`,
    `create more${version} hash:ip ${family}`,
    `add more${version} ${foreign[3]}`,
    `add list${version} more${version}`,
    `add list${version} net${version}`,
    '',
  ].join('\n')
}

/** A set of ports, which both families ask. */
export const portSet = 'create ports bitmap:port range 0-65535\nadd ports 80\nadd ports 15000-15020\n'

interface Place {
  family: Addresses
  table: string
  hook: Hook
}

function target(d: Dice, {family, table, hook}: Place, proto: string | null, chains: readonly string[]): string {
  if (chains.length > 0 && d.chance(0.25)) return `${d.one(['-j', '-j', '-g'])} ${d.one(chains)}`
  if (d.chance(0.1)) return ''
  if (table === 'nat') return natTarget(d, family, hook, proto)
  if (table === 'raw')
    return d.one(['-j CT --notrack', '-j CT --zone 2', '-j ACCEPT', '-j RETURN', '-j MARK --set-xmark 0x1/0xffffffff'])
  if (table === 'filter') return d.one(['-j ACCEPT', '-j ACCEPT', '-j DROP', '-j RETURN', reject(d, family, proto)])
  return mangleTarget(d, family, hook, proto)
}

const bracketed = ({version}: Addresses, address: string): string => (version === 4 ? address : `[${address}]`)

function natTarget(d: Dice, family: Addresses, hook: Hook, proto: string | null): string {
  const [first, second] = family.natOwn
  const outside = `-j DNAT --to-destination ${bracketed(family, family.natForeign)}:8080`
  const nat: Readonly<Record<Hook, readonly string[]>> = {
    PREROUTING: [...(proto ? ['-j REDIRECT --to-ports 15006'] : []), `-j DNAT --to-destination ${second}`, '-j ACCEPT'],
    OUTPUT: [
      ...(proto ? ['-j REDIRECT --to-ports 15001', outside] : []),
      `-j DNAT --to-destination ${first}`,
      '-j RETURN',
    ],
    INPUT: [`-j SNAT --to-source ${family.foreign[0]}`, '-j ACCEPT'],
    POSTROUTING: ['-j MASQUERADE', `-j SNAT --to-source ${family.own[1]}`, '-j ACCEPT'],
  }
  return d.one(nat[hook])
}

/** The kinds that a protocol may have; the answer itself is kept from the rules. */
function reject(d: Dice, {version}: Addresses, proto: string | null): string {
  const icmp =
    version === 4
      ? ['icmp-port-unreachable', 'icmp-host-prohibited', 'icmp-admin-prohibited']
      : ['icmp6-port-unreachable', 'icmp6-adm-prohibited', 'icmp6-no-route']
  return `-j REJECT --reject-with ${d.one([...icmp, ...(proto === 'tcp' ? ['tcp-reset'] : [])])}`
}

function mangleTarget(d: Dice, {version}: Addresses, hook: Hook, proto: string | null): string {
  const anyAddress = version === 4 ? '0.0.0.0' : '::'
  const tproxy =
    hook === 'PREROUTING' && proto === 'tcp'
      ? [`-j TPROXY --on-port ${d.one([15006, 15006, 15007])} --on-ip ${anyAddress} --tproxy-mark 0x539/0xffffffff`]
      : []
  return d.one([
    ...tproxy,
    `-j MARK --set-xmark ${d.one(['0x539/0xffffffff', '0x1/0x1', '0x53a/0xffffffff', '0x10/0x10'])}`,
    `-j CONNMARK ${d.one(['--set-xmark 0x539/0xffffffff', '--set-xmark 0x1/0x1', '--save-mark --nfmask 0xffffffff --ctmask 0xffffffff', '--restore-mark --nfmask 0xff --ctmask 0xff'])}`,
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
export const randomRules = (d: Dice, family: Addresses): string =>
  Object.keys(hooksOf)
    .map((table) => `*${table}\n${tableRules(d, family, table)}\nCOMMIT\n`)
    .join('')

function tableRules(d: Dice, family: Addresses, table: string): string {
  const lines: string[] = []
  const chains: string[] = []
  for (const hook of hooksOf[table] ?? []) {
    const deeper = `${hook.slice(0, 2)}-${table}-B`
    const inner = `${hook.slice(0, 2)}-${table}-A`
    const place: Place = {family, table, hook}
    chains.push(`:${inner} - [0:0]`, `:${deeper} - [0:0]`)
    lines.push(
      ...chainRules(d, place, hook, [inner, deeper]),
      ...chainRules(d, place, inner, [deeper]),
      ...chainRules(d, place, deeper, []),
    )
  }
  return [...chains, ...lines].join('\n')
}

function chainRules(d: Dice, place: Place, chain: string, deeper: readonly string[]): string[] {
  return Array.from({length: d.below(4)}, () => {
    const found = matches(d, place.family, place.hook)
    const proto = found.map((match) => /^-p (\w+)/.exec(match)?.[1]).find((name) => name !== undefined) ?? null
    return ['-A', chain, ...found, target(d, place, proto, deeper)].filter((word) => word !== '').join(' ')
  })
}
