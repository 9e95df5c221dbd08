import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {deadRules} from '../../../src/netfilter/check/dead-rules.js'
import type {PlacedFinding} from '../../../src/netfilter/check/finding.js'
import {evaluatePacket, prepare} from '../../../src/netfilter/evaluate/evaluate.js'
import type {Packet} from '../../../src/netfilter/packet.js'
import {parseRules} from '../../../src/netfilter/parse/parse-rules.js'
import {pod, table} from '../rules.js'

const not = fc.constantFrom('', '', '! ')
const of = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)

/** Conditions over few values, so that rules meet often. */
const condition = fc.oneof(
  fc
    .tuple(not, of('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/1', '10.0.0.0/255.0.255.0'))
    .map(([n, d]) => `${n}-d ${d}`),
  fc.tuple(not, of('127.0.0.6/32', '10.244.1.5/32')).map(([n, s]) => `${n}-s ${s}`),
  fc.tuple(not, of('lo', 'eth0', 'eth+', 'e+')).map(([n, o]) => `${n}-o ${o}`),
  of('-p tcp', '-p udp', '! -p tcp', '-p icmp'),
  fc.tuple(not, of('80', '80:90', '1:1023')).map(([n, p]) => `-p tcp -m tcp ${n}--dport ${p}`),
  fc.tuple(not, of('53,80', '53,80:100')).map(([n, p]) => `-p tcp -m multiport ${n}--ports ${p}`),
  fc.tuple(not, of('1337', '1000', '0-1336')).map(([n, u]) => `-m owner ${n}--uid-owner ${u}`),
  fc.tuple(not, not, of('1337', '1000')).map(([n, m, g]) => `-m owner ${n}--uid-owner 1337 ${m}--gid-owner ${g}`),
  fc.tuple(not, of('0x1', '0x1/0x1', '0x2/0x3', '0x539')).map(([n, m]) => `-m mark ${n}--mark ${m}`),
  fc
    .tuple(not, of('NEW', 'ESTABLISHED,RELATED', 'INVALID', 'UNTRACKED,NEW'))
    .map(([n, s]) => `-m conntrack ${n}--ctstate ${s}`),
  of('-p tcp -m tcp --tcp-flags SYN,ACK SYN', '-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN'),
  of('-m limit --limit 5/min', '-m statistic --mode random --probability 0.5', '-m addrtype --dst-type LOCAL'),
)

const conditions = fc.array(condition, {maxLength: 2}).map((all) => {
  // One option of a kind: iptables takes no second.
  const protocols = all.filter((one) => /(^|\s)-p /.test(one))
  const kinds = new Set<string>()
  return all
    .filter((one) => !protocols.includes(one) || one === protocols[0])
    .filter((one) => {
      const kind = /-m owner|-[dso] /.exec(one)?.[0] ?? one
      return !kinds.has(kind) && kinds.add(kind)
    })
    .join(' ')
})

const target = of(
  'ACCEPT',
  'DROP',
  'RETURN',
  'REJECT',
  'MARK --set-xmark 0x1/0xffffffff',
  'MARK --set-xmark 0x2/0x2',
  'U1',
  'U2',
  'LOG',
  '-g U2',
)
const rule = fc.tuple(conditions, target).map(([c, t]) => `${c} ${t.startsWith('-g') ? t : `-j ${t}`}`)

/** OUTPUT calls U1 and U2, and U1 calls U2: chains that call each other the kernel refuses. */
const rules = fc
  .tuple(fc.array(rule, {minLength: 2, maxLength: 7}), fc.array(rule, {maxLength: 4}), fc.array(rule, {maxLength: 3}))
  .map(([output, one, two]) => [
    ...output.map((text) => `-A OUTPUT ${text}`),
    ...one.filter((text) => !text.includes('U1')).map((text) => `-A U1 ${text}`),
    ...two.filter((text) => !/U[12]/.test(text)).map((text) => `-A U2 ${text}`),
  ])

const owner = fc.constantFrom<[number | null, number | null]>(
  [null, null],
  [1337, 1337],
  [1000, 1337],
  [1337, 1000],
  [0, 5],
)

const packet: fc.Arbitrary<Packet> = fc
  .record({
    proto: of('tcp', 'tcp', 'udp', 'icmp', 'sctp'),
    src: of('10.244.1.5', '127.0.0.6', '10.9.9.9'),
    dst: of('10.1.2.3', '10.1.9.9', '10.7.0.1', '10.0.0.9', '203.0.113.7', '127.0.0.1', '10.5.0.1'),
    sport: fc.constantFrom(40000, 80, 53),
    dport: fc.constantFrom(80, 85, 53, 443, 1000, 8080),
    out: of('eth0', 'lo', 'eth1', 'e', 'tun0'),
    owner,
    mark: fc.constantFrom(0, 1, 2, 3, 0x539),
    ctstate: of('NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'),
    flags: fc.constantFrom<string[]>(['SYN'], ['ACK'], ['SYN', 'ACK'], ['RST']),
  })
  .map(({owner: [uid, gid], flags, ...rest}) => ({
    ...rest,
    in: null,
    uid,
    gid,
    ...(rest.proto === 'tcp' ? {flags} : {}),
  }))

const parse = (lines: readonly string[]) => [
  parseRules(table('filter', ...lines, ...['U1', 'U2'].map((chain) => `-A ${chain} -p 250`)), {
    origin: 'rules',
    family: 'ip',
  }),
]

const isDead = ({finding}: PlacedFinding): boolean =>
  finding.kind === 'shadowed' || finding.kind === 'contradiction' || finding.kind === 'impossible-here'

describe('rules that are said never to match', () => {
  it('match none of many packets, and each example is taken by the rule that is named', () => {
    let dead = 0
    let examples = 0
    fc.assert(
      fc.property(rules, fc.array(packet, {minLength: 60, maxLength: 60}), (lines, packets) => {
        const rulesets = parse(lines)
        const prepared = prepare(rulesets, pod)
        const {findings} = deadRules(rulesets)
        const names = new Set(findings.filter(isDead).map(({place}) => place.rule ?? ''))
        const chains = new Set(
          findings.flatMap(({finding, place}) => (finding.kind === 'unreached-chain' ? place.chain : [])),
        )
        dead += names.size
        const wrong: [string, Packet][] = []
        for (const one of packets)
          for (const branch of evaluatePacket(prepared, 'output', one, {explain: false, alternatives: true}))
            for (const name of branch.rules)
              if (names.has(name) || chains.has(name.split(':')[1] ?? '')) wrong.push([name, one])
        expect(wrong).toEqual([])
        for (const {finding, place} of findings) {
          if (finding.kind !== 'shadowed' || finding.example === null) continue
          examples++
          const {hook, packet: example, takenBy} = finding.example
          for (const branch of evaluatePacket(prepared, hook, example, {explain: false})) {
            expect(branch.rules).toContain(takenBy)
            expect(branch.rules).not.toContain(place.rule)
          }
        }
      }),
      {numRuns: 200},
    )
    // The generator must make such rules, or nothing was proved.
    expect([dead > 100, examples > 50]).toEqual([true, true])
  })

  it('are all found: a rule that is not named is matched by a packet of the space', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<number>(80, 81, 82, 83), {minLength: 1, maxLength: 5}),
        fc.boolean(),
        (ports, all) => {
          const lines = ports.map((port) => `-A OUTPUT -p tcp -m tcp --dport ${port} -j ACCEPT`)
          const range = '-A OUTPUT -p tcp -m tcp --dport 80:83 -j DROP'
          const {findings} = deadRules(parse([...lines, ...(all ? [range] : [])]))
          const expected = lines.flatMap((_, i) =>
            ports.indexOf(ports[i] ?? 0) < i ? [`filter:OUTPUT:rule:${i + 1}`] : [],
          )
          if (all && new Set(ports).size === 4) expected.push(`filter:OUTPUT:rule:${lines.length + 1}`)
          expect(findings.filter(isDead).map(({place}) => place.rule)).toEqual(expected)
        },
      ),
    )
  })
})
