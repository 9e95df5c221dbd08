import {parseIpAddress} from '../../address/ip-address.js'
import {parseNetwork} from '../../address/network.js'
import type {RuleOption, RuleOptions} from '../options.js'
import type {Action, NatRange} from '../statement.js'
import type {Fail} from './fail.js'
import {firstValue, highestPort, readAddressRange, readMark, readNumber, readRange} from './option-values.js'
import {formatRuleOptions} from './print-options.js'

const all32 = 0xffffffff

type Target = NonNullable<RuleOptions['target']>

/** The action of `-j TARGET` or `-g CHAIN`; `isChain` tells the table's own chains from targets. */
export function compileTarget(target: Target, isChain: (name: string) => boolean, fail: Fail): Action {
  if (target.how === 'goto') return {kind: 'goto', chain: target.name}
  if (isChain(target.name)) return {kind: 'jump', chain: target.name}
  const compile = Object.hasOwn(targets, target.name) ? targets[target.name] : undefined
  const text = formatRuleOptions({generic: [], modules: [], target})
  if (compile) return compile(target.options, fail) ?? {kind: 'unmodelled-action', text}
  return asides.has(target.name) ? {kind: 'aside', text} : {kind: 'unmodelled-action', text}
}

/** Targets after which the packet, as far as rules can see it, is what it was, and the next rule runs. */
const asides: ReadonlySet<string> = new Set(
  'LOG NFLOG ULOG TRACE AUDIT CHECKSUM TCPMSS TCPOPTSTRIP CLASSIFY DSCP TOS ECN IDLETIMER RATEEST LED TEE SECMARK CONNSECMARK SET HMARK'.split(
    ' ',
  ),
)

type CompileTarget = (options: readonly RuleOption[], fail: Fail) => Action | null

const valueOf = (options: readonly RuleOption[], ...names: string[]): string | undefined =>
  options.find(({name}) => names.includes(name))?.values[0]

const verdict =
  (name: 'accept' | 'drop' | 'return'): CompileTarget =>
  () => ({kind: 'verdict', verdict: name})

/** `--set-mark` clears the mask's bits and the value's own; the other words are the same formula (libxt_MARK). */
function markFormula(options: readonly RuleOption[], fail: Fail): {value: number; mask: number} | null {
  const [option] = options
  if (option === undefined || options.length > 1) return null
  const {value, mask} = readMark(firstValue(option, fail), fail)
  if (option.name === '--set-xmark') return {value, mask}
  if (option.name === '--set-mark') return {value, mask: (mask | value) >>> 0}
  if (option.name === '--and-mark') return {value: 0, mask: ~value >>> 0}
  if (option.name === '--or-mark') return {value, mask: value}
  return option.name === '--xor-mark' ? {value, mask: 0} : null
}

const setMark =
  (of: 'packet' | 'connection'): CompileTarget =>
  (options, fail) => {
    const formula = markFormula(options, fail)
    return formula && {kind: 'set-mark', of, ...formula}
  }

const connmark: CompileTarget = (options, fail) => {
  const names = options.map(({name}) => name)
  const direction = names.includes('--save-mark') ? 'save' : names.includes('--restore-mark') ? 'restore' : null
  if (direction === null) return setMark('connection')(options, fail)
  if (!names.every((name) => /^--((save|restore)-mark|nfmask|ctmask|mask)$/.test(name))) return null
  const mask = (name: string): number => readNumber(valueOf(options, name, '--mask') ?? String(all32), fail)
  return {kind: 'copy-mark', direction, packetMask: mask('--nfmask'), connectionMask: mask('--ctmask')}
}

const ct: CompileTarget = (options, fail) => {
  if (options.some(({name}) => name === '--notrack')) return {kind: 'notrack'}
  const zone = valueOf(options, '--zone')
  const number = zone !== undefined && /^\d+$/.test(zone) ? readNumber(zone, fail, 65535) : null
  return {kind: 'ct-template', zone: number, text: options.flatMap(({name, values}) => [name, ...values]).join(' ')}
}

const isRandom = (options: readonly RuleOption[]): boolean => options.some(({name}) => /^--random(-fully)?$/.test(name))

const portsOnly = (options: readonly RuleOption[], fail: Fail): NatRange => {
  const ports = valueOf(options, '--to-ports', '--to-port')
  return {
    addresses: null,
    ports: ports === undefined ? null : readRange(ports, fail, highestPort, '-'),
    random: isRandom(options),
  }
}

/** `10.0.0.1`, `10.0.0.1-10.0.0.9:80-90`, `:8080`, `[fd00::1]:80`. */
export function readNatRange(text: string, fail: Fail): Omit<NatRange, 'random'> {
  const parts = /^(?:\[([^\]]*)\](?:-\[([^\]]*)\])?|([0-9.-]*))(?::([\d-]+)(?:\/\d+)?)?$/.exec(text)
  if (parts === null) return {addresses: readAddressRange(text, fail), ports: null}
  const [, first, last, plain = '', ports] = parts
  const addresses = first === undefined ? plain : last === undefined ? first : `${first}-${last}`
  return {
    addresses: addresses === '' ? null : readAddressRange(addresses, fail),
    ports: ports === undefined ? null : readRange(ports, fail, highestPort, '-'),
  }
}

const nat =
  (side: 'src' | 'dst', name: string): CompileTarget =>
  (options, fail) => {
    const to = valueOf(options, name)
    if (to === undefined) return fail(`has no "${name}"`)
    return {kind: 'nat', side, range: {...readNatRange(to, fail), random: isRandom(options)}, family: null}
  }

const tproxy: CompileTarget = (options, fail) => {
  const port = valueOf(options, '--on-port')
  const {value, mask} = readMark(valueOf(options, '--tproxy-mark') ?? '0/0', fail)
  const address = parseIpAddress(valueOf(options, '--on-ip') ?? '0.0.0.0')
  return {
    kind: 'tproxy',
    dialect: 'xt',
    address: address === null || address.value === 0n ? null : address,
    port: port === undefined ? null : readNumber(port, fail, highestPort),
    mark: value,
    mask,
    family: null,
  }
}

const targets: Readonly<Record<string, CompileTarget>> = {
  ACCEPT: verdict('accept'),
  DROP: verdict('drop'),
  RETURN: verdict('return'),
  REJECT: (options) => ({kind: 'reject', with: valueOf(options, '--reject-with') ?? null}),
  MARK: setMark('packet'),
  CONNMARK: connmark,
  CT: ct,
  NOTRACK: () => ({kind: 'notrack'}),
  REDIRECT: (options, fail) => ({kind: 'redirect', range: portsOnly(options, fail)}),
  DNAT: nat('dst', '--to-destination'),
  SNAT: nat('src', '--to-source'),
  MASQUERADE: (options, fail) => ({kind: 'masquerade', range: portsOnly(options, fail)}),
  TPROXY: tproxy,
  NETMAP: (options, fail) => {
    const network = parseNetwork(valueOf(options, '--to') ?? '')
    return network === null ? fail('"--to" is no network') : {kind: 'netmap', network}
  },
}
