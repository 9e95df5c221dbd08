import {icmpTypeByName} from '../icmp-types.js'
import type {ModuleOptions, RuleOption} from '../options.js'
import {protocolNumber} from '../protocols.js'
import type {AddressTypeMatch, ConntrackMatch, Match, Negatable, NumberRange, OwnerMatch} from '../statement.js'
import {tcpFlagBits} from '../tcp-flags.js'
import type {Fail} from './fail.js'
import {
  firstValue,
  highestPort,
  readAddressRange,
  readMark,
  readNetwork,
  readNumber,
  readRange,
} from './option-values.js'
import {formatModule} from './print-options.js'
import {withoutServiceNames} from './services.js'

/** Turns the options of one `-m NAME` into conditions; null where one of its options is not modelled. */
type CompileModule = (options: readonly RuleOption[], fail: Fail) => Match[] | null

/** The conditions of one `-m NAME`; what is not modelled is kept as it was written. */
export function compileModule(module: ModuleOptions, fail: Fail): Match[] {
  const compile = Object.hasOwn(modules, module.module) ? modules[module.module] : undefined
  return compile?.(module.options, fail) ?? [{kind: 'unmodelled', text: formatModule(module)}]
}

/** Applies `one` to every option; null as soon as one is not known. */
const each =
  (one: (option: RuleOption, fail: Fail) => Match | Match[] | null): CompileModule =>
  (options, fail) => {
    const matches: Match[] = []
    for (const option of options) {
      const match = one(option, fail)
      if (match === null) return null
      matches.push(...[match].flat())
    }
    return matches
  }

const portSides: Readonly<Record<string, 'sport' | 'dport' | 'port'>> = {
  '--sport': 'sport',
  '--source-port': 'sport',
  '--sports': 'sport',
  '--source-ports': 'sport',
  '--dport': 'dport',
  '--destination-port': 'dport',
  '--dports': 'dport',
  '--destination-ports': 'dport',
  '--ports': 'port',
  '--port': 'port',
}

const ports = (option: RuleOption, fail: Fail): Match | null => {
  const side = portSides[option.name]
  if (side === undefined) return null
  const ranges: NumberRange[] = []
  for (const text of firstValue(option, fail).split(',')) {
    const numbers = withoutServiceNames(text)
    if (numbers === null) return null
    ranges.push(readRange(numbers, fail))
  }
  return {kind: 'ports', side, negated: option.negated, ranges}
}

const tcp = (option: RuleOption, fail: Fail): Match | null => {
  if (option.name === '--syn') return {kind: 'tcp-flags', negated: option.negated, mask: 0x17, set: 0x02}
  if (option.name !== '--tcp-flags') return ports(option, fail)
  const [mask, set] = option.values.map((names) => tcpFlagBits(names.split(',')))
  if (mask === undefined || set === undefined || mask === null || set === null)
    return fail('"--tcp-flags" takes two lists of flags')
  return {kind: 'tcp-flags', negated: option.negated, mask, set}
}

const icmp =
  (version: 4 | 6) =>
  (option: RuleOption, fail: Fail): Match | null => {
    if (!/^--icmp(v6)?-type$/.test(option.name)) return null
    const text = firstValue(option, fail)
    const [type, codes] = readIcmpType(text, version, fail)
    return {kind: 'icmp-type', version, negated: option.negated, type, codes}
  }

/** `8`, `3/1`, `any`, a name; iptables writes `any` for IPv4 as type 255 too. */
function readIcmpType(text: string, version: 4 | 6, fail: Fail): [number | null, {low: number; high: number}] {
  const any = {low: 0, high: 255}
  if (text === 'any' || (version === 4 && text === '255')) return [null, any]
  const named = icmpTypeByName(text, version)
  if (named) return [named.type, named.code === null ? any : {low: named.code, high: named.code}]
  const [type = '', code] = text.split('/')
  return [readNumber(type, fail, 255), code === undefined ? any : readRange(code, fail, 255, '-')]
}

const mark =
  (of: 'packet' | 'connection') =>
  (option: RuleOption, fail: Fail): Match | null =>
    option.name === '--mark'
      ? {kind: 'mark', of, negated: option.negated, ...readMark(firstValue(option, fail), fail)}
      : null

const negatable = <T>(option: RuleOption, of: T): Negatable<T> => ({negated: option.negated, of})

const owner: CompileModule = (options, fail) => {
  const match: OwnerMatch = {kind: 'owner'}
  for (const option of options) {
    if (option.name === '--socket-exists') match.socketExists = negatable(option, true)
    else if (option.name === '--uid-owner' || option.name === '--gid-owner') {
      // Names are those of the machine that printed them; only root's is everywhere the same.
      const text = firstValue(option, fail).replace(/^root$/, '0')
      if (!/^\d+(-\d+)?$/.test(text)) return null
      const ids = negatable(option, readRange(text, fail, 0xffffffff, '-'))
      if (option.name === '--uid-owner') match.uid = ids
      else match.gid = ids
    } else return null
  }
  return [match]
}

const lists = (text: string): string[] => text.split(',').filter((word) => word !== '')

const conntrackNetworks: Readonly<Record<string, 'origsrc' | 'origdst' | 'replsrc' | 'repldst'>> = {
  '--ctorigsrc': 'origsrc',
  '--ctorigdst': 'origdst',
  '--ctreplsrc': 'replsrc',
  '--ctrepldst': 'repldst',
}

const conntrackPorts: Readonly<Record<string, 'origsrcport' | 'origdstport' | 'replsrcport' | 'repldstport'>> = {
  '--ctorigsrcport': 'origsrcport',
  '--ctorigdstport': 'origdstport',
  '--ctreplsrcport': 'replsrcport',
  '--ctrepldstport': 'repldstport',
}

const conntrack: CompileModule = (options, fail) => {
  const match: ConntrackMatch = {kind: 'conntrack', unmodelled: []}
  for (const option of options) readConntrackOption(match, option, fail)
  return [match]
}

function readConntrackOption(match: ConntrackMatch, option: RuleOption, fail: Fail): void {
  const text = firstValue(option, fail)
  const network = conntrackNetworks[option.name]
  const port = conntrackPorts[option.name]
  if (option.name === '--ctstate' || option.name === '--state')
    match.state = negatable(option, lists(text.toUpperCase()))
  else if (option.name === '--ctstatus') match.status = negatable(option, lists(text.toUpperCase()))
  else if (option.name === '--ctdir')
    match.direction = negatable(option, text.toUpperCase() === 'REPLY' ? 'REPLY' : 'ORIGINAL')
  else if (option.name === '--ctproto') {
    match.protocol = negatable(option, protocolNumber(text) ?? fail(`"${text}" is no protocol`))
  } else if (network !== undefined && !/^(\d|[0-9a-fA-F]*:)/.test(text)) match.unmodelled.push(`${option.name} ${text}`)
  else if (network !== undefined) match[network] = negatable(option, readNetwork(text, fail))
  else if (port !== undefined && withoutServiceNames(text) !== null)
    match[port] = negatable(option, readRange(withoutServiceNames(text) ?? text, fail))
  else match.unmodelled.push([option.name, ...option.values].join(' '))
}

const addrtype: CompileModule = (options, fail) => {
  const match: AddressTypeMatch = {kind: 'addrtype', limit: null}
  for (const option of options) {
    if (option.name === '--limit-iface-in') match.limit = 'in'
    else if (option.name === '--limit-iface-out') match.limit = 'out'
    else if (option.name === '--src-type') match.src = negatable(option, lists(firstValue(option, fail).toUpperCase()))
    else if (option.name === '--dst-type') match.dst = negatable(option, lists(firstValue(option, fail).toUpperCase()))
    else return null
  }
  return [match]
}

const iprange = (option: RuleOption, fail: Fail): Match | null => {
  const side = option.name === '--src-range' ? 'src' : option.name === '--dst-range' ? 'dst' : null
  if (side === null) return null
  return {kind: 'iprange', side, negated: option.negated, range: readAddressRange(firstValue(option, fail), fail)}
}

const ttlOperators: Readonly<Record<string, '==' | '<' | '>'>> = {eq: '==', lt: '<', gt: '>'}

const ttl = (option: RuleOption, fail: Fail): Match | null => {
  const operator = ttlOperators[/^--(?:ttl|hl)-(eq|lt|gt)$/.exec(option.name)?.[1] ?? '']
  if (operator === undefined) return null
  const value = readNumber(firstValue(option, fail), fail, 255)
  return {kind: 'ttl', operator: operator === '==' && option.negated ? '!=' : operator, value}
}

/** Two options, one condition: random by probability, or every Nth packet, of which the counter's present value is not known. */
const statistic: CompileModule = (options, fail) => {
  const value = (name: string): RuleOption | undefined => options.find((option) => option.name === name)
  const about = options.flatMap(({negated, name, values}) => [...(negated ? ['!'] : []), name, ...values]).join(' ')
  const chance = (option: RuleOption, probability: number): Match[] => [
    {kind: 'chance', probability: option.negated ? 1 - probability : probability, about},
  ]
  const [random, every] = [value('--probability'), value('--every')]
  if (random) {
    const probability = Number(firstValue(random, fail))
    return probability >= 0 && probability <= 1
      ? chance(random, probability)
      : fail('"--probability" is no number from 0 to 1')
  }
  return every ? chance(every, 1 / Math.max(1, readNumber(firstValue(every, fail), fail))) : null
}

const set: CompileModule = (options, fail) => {
  const asked = options.find(({name}) => name === '--match-set' || name === '--set')
  if (asked === undefined) return null
  const [name, flags = ''] = asked.values
  const sides = flags
    .split(',')
    .map((side) => (side === 'src' || side === 'dst' ? side : fail(`"${side}" is neither src nor dst`)))
  if (name === undefined) return fail('"--match-set" names no set')
  const others = options.filter((option) => option !== asked).map((option) => option.name)
  // The counters of a set are updated or not: no rule can see it.
  const harmless = /^--(return-nomatch|update-counters|update-subcounters)$/
  if (!others.every((other) => harmless.test(other))) return null
  return [{kind: 'set', negated: asked.negated, name, sides, returnNomatch: others.includes('--return-nomatch')}]
}

const limit: CompileModule = (options) => {
  const words = options.flatMap(({name, values}) => [name, ...values])
  return [{kind: 'limit', negated: options.some(({negated}) => negated), rate: words.join(' ')}]
}

/** `--hashlimit-upto` holds while the rate of its group is not used up, `--hashlimit-above` once it is. */
const hashlimit: CompileModule = (options) => {
  const asked = options.find(({name}) => /^--hashlimit(-upto|-above)?$/.test(name))
  if (asked === undefined) return null
  const [rate = ''] = asked.values
  return [{kind: 'limit', negated: (asked.name === '--hashlimit-above') !== asked.negated, rate: `hashlimit ${rate}`}]
}

/** `--set` notes the address and holds; what a list holds by now only the kernel knows. */
const recent: CompileModule = (options) => {
  const value = (name: string): RuleOption | undefined => options.find((option) => option.name === name)
  const list = value('--name')?.values[0] ?? 'DEFAULT'
  const set = value('--set')
  if (set) return set.negated ? [{kind: 'chance', probability: 0, about: '! --set'}] : []
  const asked = value('--rcheck') ?? value('--update') ?? value('--remove')
  if (asked === undefined) return null
  const words = ['holds the address as often and as lately as the rule asks', 'does not hold the address so'] as const
  return [
    {
      kind: 'running',
      negated: asked.negated,
      key: `recent:${list}`,
      about: `list ${list} of recent`,
      usual: false,
      words,
    },
  ]
}

const time: CompileModule = (options) => {
  const about = options.flatMap(({negated, name, values}) => [...(negated ? ['!'] : []), name, ...values]).join(' ')
  return [
    {
      kind: 'running',
      negated: false,
      key: 'time',
      about: `time ${about}`,
      usual: true,
      words: ['is now', 'is not now'],
    },
  ]
}

const socket: CompileModule = (options) => {
  const names = options.map(({name}) => name)
  if (!names.every((name) => /^--(transparent|nowildcard|restore-skmark)$/.test(name))) return null
  const has = (name: string): boolean => names.includes(name)
  return [
    {
      kind: 'socket',
      transparent: has('--transparent'),
      nowildcard: has('--nowildcard'),
      restoreMark: has('--restore-skmark'),
    },
  ]
}

const modules: Readonly<Record<string, CompileModule>> = {
  tcp: each(tcp),
  udp: each(ports),
  sctp: each(ports),
  dccp: each(ports),
  udplite: each(ports),
  multiport: each(ports),
  icmp: each(icmp(4)),
  icmp6: each(icmp(6)),
  icmpv6: each(icmp(6)),
  mark: each(mark('packet')),
  connmark: each(mark('connection')),
  owner,
  conntrack,
  state: conntrack,
  addrtype,
  iprange: each(iprange),
  length: each((option, fail) =>
    option.name === '--length'
      ? {kind: 'length', negated: option.negated, range: readRange(firstValue(option, fail), fail, highestPort)}
      : null,
  ),
  ttl: each(ttl),
  hl: each(ttl),
  pkttype: each((option, fail) =>
    option.name === '--pkt-type'
      ? {kind: 'pkttype', negated: option.negated, type: firstValue(option, fail).toLowerCase()}
      : null,
  ),
  statistic,
  set,
  limit,
  hashlimit,
  recent,
  time,
  socket,
  comment: each((option) => ({kind: 'comment', text: option.values.join(' ')})),
}
