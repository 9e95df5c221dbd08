import type {ModuleOptions, RuleOption} from '../options.js'

/** A piece of a listed rule: a match of a module, or an argument of the target. */
export type Piece = {kind: 'match'; module: string; option: RuleOption | null} | {kind: 'target'; option: RuleOption}

/** How one extension prints itself (`print` in libxt_*.c), and the options that say the same. */
interface Phrase {
  pattern: RegExp
  read: (parts: readonly (string | undefined)[]) => Piece[]
}

const option = (name: string, values: string[], negated = false): RuleOption => ({negated, name, values})
const match = (module: string, name: string, value: string | undefined, negated = false): Piece => ({
  kind: 'match',
  module,
  option: option(name, value === undefined ? [] : [value], negated),
})
const target = (name: string, ...values: string[]): Piece => ({kind: 'target', option: option(name, values)})

const phrase = (pattern: RegExp, read: Phrase['read']): Phrase => ({
  pattern: new RegExp(`^(?:${pattern.source})(?= |$)`),
  read,
})

/** `!` glued to the value, as ports, interfaces and lengths have it. */
const glued = (module: string, name: string, text = ''): Piece =>
  text.startsWith('!') ? match(module, name, text.slice(1).trim(), true) : match(module, name, text)

const portsOf = (module: string, side: string, text = ''): Piece =>
  glued(module, side === 'spt' ? '--sport' : '--dport', text)

/** What follows the word `tcp` or `udp`. */
function transport(module: string, text: string): Piece[] {
  const pieces: Piece[] = []
  for (const word of text.trim().split(/ +/)) {
    const parts = /^(spt|dpt)s?:(.+)$/.exec(word)
    const flags = /^flags:(!?)([^/]+)\/(.+)$/.exec(word)
    if (parts) pieces.push(portsOf(module, parts[1] ?? '', parts[2]))
    else if (flags)
      pieces.push({
        kind: 'match',
        module,
        option: option('--tcp-flags', [flagNames(flags[2]), flagNames(flags[3])], flags[1] === '!'),
      })
  }
  return pieces
}

const flagBits: readonly (readonly [string, number])[] = [
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
]

/** `0x17` is what `-n` prints, names what it prints without. */
function flagNames(text = ''): string {
  if (!text.startsWith('0x')) return text
  return flagBits.flatMap(([name, bit]) => ((Number(text) & bit) !== 0 ? [name] : [])).join(',') || 'NONE'
}

const icmpCode = (code?: string, low?: string, high?: string): string =>
  code !== undefined ? `/${code}` : low !== undefined ? `/${low}-${high}` : ''

const complement = (text = ''): string => `0x${(~Number(text) >>> 0).toString(16)}`

const markTargets: Readonly<Record<string, (value: string) => [string, string]>> = {
  set: (value) => ['--set-xmark', `${value}/0xffffffff`],
  and: (value) => ['--set-xmark', `0x0/${complement(value)}`],
  or: (value) => ['--set-xmark', `${value}/${value}`],
  xor: (value) => ['--set-xmark', `${value}/0x0`],
  xset: (value) => ['--set-xmark', value],
}

const word = String.raw`\S+`
const negation = '(! )?'

const phrases: readonly Phrase[] = [
  phrase(/(tcp|udp|sctp|dccp|udplite)((?: (?:(?:spt|dpt)s?|flags):\S+)+)/, ([, module = '', text = '']) =>
    transport(module, text),
  ),
  phrase(/(tcp|udp|sctp|dccp|udplite)/, ([, module = '']) => [{kind: 'match', module, option: null}]),
  phrase(/multiport (sports|dports|ports) {1,2}(! ?)?(\S+)/, ([, side = '', not, list]) => [
    match('multiport', `--${side}`, list, not !== undefined),
  ]),
  phrase(
    /(icmp|ipv6-icmp) ?(!)?type (\d+)(?: code (\d+)| codes (\d+)-(\d+))?/,
    ([, name, not, type, code, low, high]) => [
      match(
        name === 'icmp' ? 'icmp' : 'icmp6',
        name === 'icmp' ? '--icmp-type' : '--icmpv6-type',
        `${type}${icmpCode(code, low, high)}`,
        not !== undefined,
      ),
    ],
  ),
  phrase(/(icmp|ipv6-icmp) (!)?([a-zA-Z][\w-]*)/, ([, name, not, type]) => [
    match(
      name === 'icmp' ? 'icmp' : 'icmp6',
      name === 'icmp' ? '--icmp-type' : '--icmpv6-type',
      type,
      not !== undefined,
    ),
  ]),
  phrase(new RegExp(`${negation}owner (UID|GID) match (${word})(?! incl)`), ([, not, id, value]) => [
    match('owner', id === 'UID' ? '--uid-owner' : '--gid-owner', value, not !== undefined),
  ]),
  phrase(new RegExp(`${negation}owner socket exists`), ([, not]) => [
    match('owner', '--socket-exists', undefined, not !== undefined),
  ]),
  phrase(
    new RegExp(
      `${negation}(ctstate|ctproto|ctorigsrcport|ctorigdstport|ctreplsrcport|ctrepldstport|ctorigsrc|ctorigdst|ctreplsrc|ctrepldst|ctstatus|ctexpire|ctdir) (${word})`,
    ),
    ([, not, name, value]) => [match('conntrack', `--${name}`, value, not !== undefined)],
  ),
  phrase(new RegExp(`${negation}state (${word})`), ([, not, value]) => [
    match('state', '--state', value, not !== undefined),
  ]),
  phrase(/connmark match (! | )?(0x\S+)/, ([, not, value]) => [match('connmark', '--mark', value, not === '! ')]),
  phrase(/mark match (! )?(0x\S+)/, ([, not, value]) => [match('mark', '--mark', value, not !== undefined)]),
  phrase(/(source|destination) IP range (! )?(\S+)/, ([, side, not, value]) => [
    match('iprange', side === 'source' ? '--src-range' : '--dst-range', value, not !== undefined),
  ]),
  phrase(/length (\S+)/, ([, value]) => [glued('length', '--length', value)]),
  phrase(/ADDRTYPE match((?: (?:src|dst)-type \S+)*)( limit-in| limit-out)?/, ([, types = '', limit]) =>
    addressTypes(types, limit),
  ),
  phrase(/PKTTYPE (!?=) (\S+)/, ([, sign, value]) => [match('pkttype', '--pkt-type', value, sign === '!=')]),
  phrase(/(TTL|HL) match \1 (==|!=|<|>) (\d+)/, ([, name, sign = '', value]) => [
    match(
      name === 'TTL' ? 'ttl' : 'hl',
      `--${name === 'TTL' ? 'ttl' : 'hl'}-${{'<': 'lt', '>': 'gt'}[sign] ?? 'eq'}`,
      value,
      sign === '!=',
    ),
  ]),
  phrase(/limit: (?:up to |avg )?(\S+) burst (\d+)/, ([, rate = '', burst = '']) => [
    match('limit', '--limit', rate),
    match('limit', '--limit-burst', burst),
  ]),
  phrase(/statistic mode (random)( !)? probability (\S+)/, ([, mode, not, value]) => [
    match('statistic', '--mode', mode),
    match('statistic', '--probability', value, not !== undefined),
  ]),
  phrase(/statistic mode (nth)( !)? every (\d+)(?: packet (\d+))?/, ([, mode, not, value, packet]) => [
    match('statistic', '--mode', mode),
    match('statistic', '--every', value, not !== undefined),
    match('statistic', '--packet', packet ?? '0'),
  ]),
  phrase(
    new RegExp(`${negation}match-set (${word}) (${word})( return-nomatch)?`),
    ([, not, name = '', sides = '', nomatch]) => [
      {kind: 'match', module: 'set', option: option('--match-set', [name, sides], not !== undefined)},
      ...(nomatch === undefined ? [] : [match('set', '--return-nomatch', undefined)]),
    ],
  ),
  phrase(/socket((?: --[a-z-]+)*)/, ([, options = '']) =>
    options
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((name) => match('socket', name, undefined)),
  ),
  phrase(/redir ports (\S+)( random)?/, ([, value = '', random]) => [
    target('--to-ports', value),
    ...(random === undefined ? [] : [target('--random')]),
  ]),
  phrase(/masq ports: (\S+)/, ([, value = '']) => [target('--to-ports', value)]),
  phrase(/(random-fully|random|persistent)/, ([, name = '']) => [target(`--${name}`)]),
  phrase(/to:(\S+)/, ([, value = '']) => [target('--to', value)]),
  phrase(/(?:MARK|CONNMARK) (set|and|or|xor|xset) (\S+)/, ([, how = '', value = '']) => {
    const [name, formula] = markTargets[how]?.(value) ?? ['--set-xmark', value]
    return [target(name, formula)]
  }),
  phrase(
    /CONNMARK (save|restore)(?: mask (0x\S+)| (nfmask|ctmask) (0x\S+) (nfmask|ctmask) ~(0x\S+))?/,
    ([, how, mask, first, one, second, two]) => [
      target(`--${how}-mark`),
      ...(mask === undefined ? [] : [target('--mask', mask)]),
      ...(first === undefined || one === undefined ? [] : [target(`--${first}`, one)]),
      ...(second === undefined || two === undefined ? [] : [target(`--${second}`, two)]),
    ],
  ),
  phrase(/CT notrack/, () => [target('--notrack')]),
  phrase(/NOTRACK/, () => [target('--notrack')]),
  phrase(/CT (zone|zone-orig|zone-reply|helper|timeout) (\S+)/, ([, name = '', value = '']) => [
    target(`--${name}`, value),
  ]),
  phrase(/reject-with (\S+)/, ([, value = '']) => [target('--reject-with', value)]),
  phrase(/TPROXY redirect (\S+):(\d+) mark (0x\S+)/, ([, address = '', port = '', mark = '']) => [
    target('--on-port', port),
    target('--on-ip', address),
    target('--tproxy-mark', mark),
  ]),
  phrase(/LOG(?: flags \S+)?(?: level \S+)?(?: prefix ".*?")?/, () => []),
  phrase(/nflog-(?:group|prefix|range|size|threshold) (?:".*?"|\S+)/, () => []),
  phrase(/TCPMSS (?:clamp to PMTU|set \d+)/, () => []),
]

function addressTypes(text: string, limit: string | undefined): Piece[] {
  const pieces = [...text.matchAll(/(src|dst)-type (\S+)/g)].map(([, side, types]) =>
    glued('addrtype', `--${side}-type`, types),
  )
  return limit === undefined
    ? pieces
    : [...pieces, match('addrtype', `--limit-iface-${limit === ' limit-in' ? 'in' : 'out'}`, undefined)]
}

/**
 * The pieces of a listed rule; null where some words are of no known extension. A comment ends where the rest can be read: the only way is
 * taken.
 */
export const readPieces = (text: string): Piece[] | null => readRest(text, new Map())

/** What rests of the text are known to come to, by their length: comments made to confuse would else be read over and over. */
type Known = Map<number, Piece[] | null>

function readRest(text: string, known: Known): Piece[] | null {
  const trimmed = text.replace(/^ +/, '')
  const before = known.get(trimmed.length)
  if (before !== undefined) return before
  const read =
    trimmed === '' ? [] : trimmed.startsWith('/* ') ? readComment(trimmed, known) : readPhrase(trimmed, known)
  known.set(trimmed.length, read)
  return read
}

function readPhrase(text: string, known: Known): Piece[] | null {
  for (const {pattern, read} of phrases) {
    const parts = pattern.exec(text)
    if (parts === null) continue
    const rest = readRest(text.slice(parts[0].length), known)
    if (rest !== null) return [...read(parts), ...rest]
  }
  return null
}

/** A comment is printed as it is, so that it may hold the end of a comment, or look like a match. */
function readComment(text: string, known: Known): Piece[] | null {
  const ways: Piece[][] = []
  for (let end = text.indexOf(' */', 2); end >= 0; end = text.indexOf(' */', end + 1)) {
    const rest = readRest(text.slice(end + 3), known)
    if (rest !== null) ways.push([match('comment', '--comment', text.slice(3, end)), ...rest])
  }
  const [only, ...others] = ways
  return others.length > 0 ? null : (only ?? null)
}

/** Puts the pieces of one extension together. Neighbours of one module may have been asked in one `-m` or in two: the listing does not tell. */
export function groupPieces(pieces: readonly Piece[]): {modules: ModuleOptions[]; target: RuleOption[]} {
  const modules: ModuleOptions[] = []
  const options: RuleOption[] = []
  for (const piece of pieces) {
    if (piece.kind === 'target') options.push(piece.option)
    else addPiece(modules, piece.module, piece.option)
  }
  return {modules, target: options}
}

function addPiece(modules: ModuleOptions[], module: string, option: RuleOption | null): void {
  const last = modules.at(-1)
  // The same option twice, or conntrack's in another order than it prints them, is another match.
  const joins = last?.module === module && option !== null && !together.has(module) ? false : last?.module === module
  if (last && joins && option && !last.options.some(({name}) => name === option.name)) last.options.push(option)
  else modules.push({module, options: option === null ? [] : [option]})
}

/** Modules whose options must stay together to mean what they mean. */
const together: ReadonlySet<string> = new Set(['limit', 'statistic', 'set', 'socket', 'addrtype', 'tcp', 'udp'])
