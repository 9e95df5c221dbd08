import type {Addresses} from './addresses.js'
import type {Dice} from './random-rules.js'

type Hook = 'prerouting' | 'input' | 'output' | 'postrouting'
type Type = 'filter' | 'nat' | 'route'

interface Place {
  family: Addresses
  type: Type
  hook: Hook
}

const isNot = (d: Dice): string => (d.chance(0.3) ? '!= ' : '')
const ip = ({version}: Addresses): string => (version === 4 ? 'ip' : 'ip6')
/** Prefixes alone: a set takes no other masks. */
const prefixes = ({networks}: Addresses): string[] => networks.filter((network) => !/\/.*[.:]/.test(network))

/** A random rule set of nft's own: tables of one and of both families, base chains of many priorities, sets, maps and verdict maps. */
export function randomNft(d: Dice, family: Addresses): string {
  const second = d.chance(0.5) ? [table(d, family, ip(family), 'second')] : []
  return [table(d, family, 'inet', 'first'), ...second].join('\n')
}

function table(d: Dice, family: Addresses, kind: string, name: string): string {
  const type = family.version === 4 ? 'ipv4_addr' : 'ipv6_addr'
  const [one, two, three] = family.foreign
  const sets = [
    `set some { type ${type}; flags interval; elements = { ${prefixes(family).slice(1, 4).join(', ')} } }`,
    'set ports { type inet_service; flags interval; elements = { 80, 443, 15000-15020 } }',
    `set pairs { type ${type} . inet_service; elements = { ${one} . 80, ${two} . 443, ${three} . 8080 } }`,
    'map verdicts { type inet_service : verdict; elements = { 80 : jump deeper, 443 : accept, 53 : return, 9080 : goto deeper } }',
  ]
  const deeper = `chain deeper {\n${rules(d, {family, type: 'filter', hook: 'input'}, [], true)}\n}`
  return `table ${kind} ${name} {\n${[...sets, deeper, ...chains(d, family)].join('\n')}\n}`
}

const priorities: Readonly<Record<Type, readonly number[]>> = {
  filter: [-300, -150, -150, 0, 0, 10, 200],
  nat: [-100, -100, -90, 100, 110],
  route: [-150, -50],
}

function chains(d: Dice, family: Addresses): string[] {
  const hooks: readonly Hook[] = ['prerouting', 'input', 'output', 'output', 'postrouting']
  return hooks.flatMap((hook, index) => {
    if (d.chance(0.2)) return []
    const type: Type = d.chance(0.4) ? 'nat' : hook === 'output' && d.chance(0.4) ? 'route' : 'filter'
    const policy = type === 'filter' && d.chance(0.1) ? 'drop' : 'accept'
    const base = `type ${type} hook ${hook} priority ${d.one(priorities[type])}; policy ${policy};`
    return [`chain ${hook}-${index} {\n${base}\n${rules(d, {family, type, hook}, ['deeper'], false)}\n}`]
  })
}

/** `shared`: of a chain that all kinds of chains lead to, and where only what all may do is done. */
function rules(d: Dice, place: Place, deeper: readonly string[], shared: boolean): string {
  return Array.from({length: 1 + d.below(4)}, () => {
    const usable = place.hook === 'prerouting' ? [...matches, ...routes] : matches
    const found = Array.from({length: d.below(3)}, () => d.one(usable)(d, place.family))
    const last = shared ? d.one(anywhere) : statement(d, place, deeper)
    // nft does not list what `reject with tcp reset` implies, so that nobody can tell whether it stood before a counter or after.
    const early = last.needs === undefined && d.chance(0.15)
    const words = oneTransport(found, last.needs)
    return [...(early ? ['counter'] : []), ...words, ...(early ? [] : ['counter']), last.text].join(' ')
  }).join('\n')
}

/** nft takes one word on the transport protocol a rule; what a statement needs to hear goes first. */
function oneTransport(found: readonly string[], needs: string | undefined): string[] {
  const asks = (match: string): boolean => /l4proto|tcp|udp/.test(match)
  const [first] = needs === undefined ? found.filter(asks) : [needs]
  return [...(first === undefined ? [] : [first]), ...found.filter((match) => !asks(match))]
}

const matches: readonly ((d: Dice, family: Addresses) => string)[] = [
  (d, family) => `${ip(family)} saddr ${isNot(d)}${d.one(prefixes(family))}`,
  (d, family) => `${ip(family)} daddr ${isNot(d)}${d.one(prefixes(family))}`,
  (d, family) => `${ip(family)} daddr ${isNot(d)}@some`,
  (d, family) => `${ip(family)} daddr ${isNot(d)}{ ${family.foreign.slice(0, 2).join(', ')}, ${family.own[0]} }`,
  (d, family) => `${ip(family)} daddr . th dport ${isNot(d)}@pairs`,
  (d) => `tcp dport ${isNot(d)}{ 80, 443, 15001-15021 }`,
  (d) => `tcp dport ${isNot(d)}@ports`,
  (d) => `udp dport ${isNot(d)}${d.one(['53', '80-9080'])}`,
  (d) => `th dport ${d.one(['< 1024', '>= 8080', '!= 53', '15001-15021'])}`,
  (d) => `meta l4proto ${isNot(d)}${d.one(['tcp', 'udp', '{ tcp, udp }'])}`,
  (d) => `meta mark ${d.one(['0x1', '!= 0x539', '& 0x10 == 0x10', '{ 0x1, 0x539 }'])}`,
  (d) => `${d.one(['iifname', 'oifname'])} ${isNot(d)}${d.one(['"lo"', '"eth0"', '"eth*"'])}`,
  (d) => `meta ${d.one(['skuid', 'skgid'])} ${isNot(d)}${d.one(['0', '1337', '{ 1000, 65534 }', '0-999'])}`,
  (d) =>
    `ct state ${d.one(['new', '!= new', 'invalid', 'new,untracked', 'established,related', '{ new, untracked }'])}`,
  (d) => `ct mark ${d.one(['0x0', '!= 0x539', '0x1'])}`,
  (d) => `ct status ${d.one(['dnat', 'snat', 'dnat,snat'])}`,
  (d) => `meta l4proto tcp ct original proto-dst ${isNot(d)}${d.one(['80', '443-9080'])}`,
  (d, family) => `ct original ${ip(family)} daddr ${isNot(d)}${d.one(prefixes(family))}`,
  (d) => `fib ${d.one(['daddr', 'saddr'])} type ${isNot(d)}${d.one(['local', 'unicast'])}`,
  (d, {version}) => `${version === 4 ? 'ip ttl' : 'ip6 hoplimit'} ${d.one(['64', '!= 2', '< 64', '> 10'])}`,
  (d) => `tcp flags ${d.one(['& (fin | syn | rst | ack) == syn', 'syn', '& rst != 0', '! syn'])}`,
  (d) => `meta length ${d.one(['< 40', '>= 48', '40'])}`,
]

/** Where a route leads is asked before routing alone. */
const routes: typeof matches = [
  (d) => `fib ${d.one(['saddr', 'saddr . iif', 'daddr', 'saddr . mark . iif'])} oif ${d.one(['missing', 'exists'])}`,
  (d) => `fib ${d.one(['saddr', 'daddr'])} oifname ${isNot(d)}"eth0"`,
]

interface Statement {
  text: string
  needs?: string
}

const anywhere: readonly Statement[] = [
  ...['accept', 'return', 'continue', '', 'drop', 'meta mark set 0x1', 'meta mark set 0x539', 'ct mark set 0x1'],
  ...[
    'meta mark set ct mark',
    'ct mark set meta mark',
    'meta mark set meta mark | 0x10',
    'meta mark set meta mark & 0xff',
  ],
].map((text) => ({text}))

function statement(d: Dice, place: Place, deeper: readonly string[]): Statement {
  if (d.chance(0.5)) return d.one(own(place))
  if (d.chance(0.3)) return {text: `${d.one(['jump', 'goto'])} ${d.one(deeper)}`}
  if (d.chance(0.3)) return {text: 'th dport vmap @verdicts'}
  if (d.chance(0.2)) return {text: 'meta mark vmap { 0x1 : drop, 0x539 : accept, 0x53a : jump deeper }'}
  return d.one(anywhere)
}

/** What only chains of this type on this hook may do. */
function own({family, type, hook}: Place): readonly Statement[] {
  if (type === 'nat')
    return hook === 'prerouting' || hook === 'output' ? destinationNat(family) : sourceNat(family, hook)
  const reject = [
    {text: 'reject'},
    {text: `reject with ${family.version === 4 ? 'icmp type host-prohibited' : 'icmpv6 type admin-prohibited'}`},
    {text: 'reject with tcp reset', needs: 'meta l4proto tcp'},
  ]
  if (hook === 'prerouting')
    return [
      {text: 'notrack'},
      {text: `tproxy ${ip(family)} to :15006 meta mark set 0x539 accept`, needs: 'meta l4proto tcp'},
      {text: `tproxy ${ip(family)} to :15007 meta mark set 0x539 accept`, needs: 'meta l4proto tcp'},
    ]
  if (hook === 'output') return [{text: 'notrack'}, ...reject]
  return hook === 'input' ? reject : [{text: 'accept'}]
}

const destinationNat = (family: Addresses): readonly Statement[] => [
  {text: 'redirect to :15006', needs: 'meta l4proto tcp'},
  {text: 'redirect'},
  {text: `dnat ${ip(family)} to ${family.natOwn[1]}`},
  {
    text: `dnat ${ip(family)} to ${family.version === 4 ? family.natForeign : `[${family.natForeign}]`}:8080`,
    needs: 'meta l4proto tcp',
  },
  {
    text: `dnat ${ip(family)} to th dport map { 80 : ${family.natOwn[0]}, 443 : ${family.natForeign} }`,
    needs: 'meta l4proto { tcp, udp }',
  },
]

const sourceNat = (family: Addresses, hook: Hook): readonly Statement[] => [
  {text: `snat ${ip(family)} to ${hook === 'input' ? family.foreign[0] : family.own[1]}`},
  ...(hook === 'postrouting' ? [{text: 'masquerade'}] : []),
]
