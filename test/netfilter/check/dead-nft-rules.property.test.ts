import fc from 'fast-check'
import {expect, it} from 'vitest'
import {deadRules} from '../../../src/netfilter/check/dead-rules.js'
import {evaluatePacket, prepare} from '../../../src/netfilter/evaluate/evaluate.js'
import type {Packet} from '../../../src/netfilter/packet.js'
import {parseRules} from '../../../src/netfilter/parse/parse-rules.js'
import {pod} from '../rules.js'

const of = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)

const condition = of(
  'ip daddr 10.0.0.0/8',
  'ip daddr != 10.1.0.0/16',
  'ip daddr { 10.1.2.3, 10.7.0.0/16 }',
  'ip6 daddr fd00::/8',
  'ip6 daddr != fd00::7',
  'ip saddr 10.244.1.5',
  'oifname "lo"',
  'oifname != "eth*"',
  'meta skuid 1337',
  'meta skuid != 1337',
  'meta skgid 1000-2000',
  'tcp dport 80',
  'tcp dport != { 53, 80-90 }',
  'udp dport 53',
  'th dport 80',
  'tcp sport >= 1024',
  'meta l4proto tcp',
  'meta l4proto != { tcp, udp }',
  'meta nfproto ipv4',
  'meta mark 0x1',
  'meta mark != 0x539',
  'meta mark & 0x3 == 0x1',
  'ct state new',
  'ct state established,related',
  'ct state != invalid',
  'tcp flags & (syn | ack) == syn',
  'ct mark 0x1',
  'limit rate 5/second',
)
const action = of(
  'accept',
  'drop',
  'return',
  'jump one',
  'goto two',
  'meta mark set 0x1',
  'counter',
  'reject',
  'tcp dport vmap { 80 : accept, 443 : jump two }',
)
const rule = fc
  .tuple(fc.array(condition, {maxLength: 2}), fc.boolean(), action)
  .map(([conditions, counts, then]) => [...conditions, ...(counts ? ['counter'] : []), then].join(' '))

const ruleset = fc
  .tuple(fc.array(rule, {minLength: 2, maxLength: 8}), fc.array(rule, {maxLength: 4}), fc.array(rule, {maxLength: 3}))
  .map(([base, one, two]) => {
    const own = one.filter((text) => !text.includes('jump one'))
    const last = two.filter((text) => !/ (one|two)\b/.test(` ${text}`))
    return `table inet t {
  chain two {\n${last.join('\n')}\n}
  chain one {\n${own.join('\n')}\n}
  chain output {\ntype filter hook output priority 0; policy accept;\n${base.join('\n')}\n}
}\n`
  })

const packet: fc.Arbitrary<Packet> = fc
  .record({
    proto: of('tcp', 'tcp', 'udp', 'gre'),
    ends: fc.constantFrom<[string, string]>(
      ['10.244.1.5', '10.1.2.3'],
      ['10.9.9.9', '10.7.0.9'],
      ['10.244.1.5', '203.0.113.7'],
      ['fd00::1', 'fd00::7'],
      ['2001:db8::1', 'fd00::9'],
      ['fd00::1', '2001:db8::7'],
    ),
    sport: fc.constantFrom(40000, 80, 53),
    dport: fc.constantFrom(80, 85, 53, 443, 8080),
    out: of('eth0', 'lo', 'tun0'),
    owner: fc.constantFrom<[number | null, number | null]>([null, null], [1337, 1337], [1000, 1000], [0, 5]),
    mark: fc.constantFrom(0, 1, 2, 3, 5, 0x539),
    ctstate: of('NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'),
    flags: fc.constantFrom<string[]>(['SYN'], ['ACK'], ['SYN', 'ACK'], ['RST']),
  })
  .map(({owner: [uid, gid], ends: [src, dst], flags, ...rest}) => ({
    ...rest,
    ...(rest.proto === 'tcp' ? {flags} : {}),
    src,
    dst,
    in: null,
    uid,
    gid,
  }))

it('says of no rule of nft that it never matches that one of many packets of both families matches', () => {
  let dead = 0
  fc.assert(
    fc.property(ruleset, fc.array(packet, {minLength: 60, maxLength: 60}), (text, packets) => {
      const rulesets = [parseRules(text, {origin: 'rules'})]
      const prepared = prepare(rulesets, pod)
      const {findings} = deadRules(rulesets)
      const names = new Set(findings.flatMap(({place}) => place.rule ?? []))
      const chains = findings.flatMap(({finding, place}) =>
        finding.kind === 'unreached-chain' ? `inet t:${place.chain ?? ''}:` : [],
      )
      dead += names.size
      const wrong: [string, Packet][] = []
      for (const one of packets)
        for (const branch of evaluatePacket(prepared, 'output', one, {explain: false, alternatives: true}))
          for (const name of branch.rules)
            if (names.has(name) || chains.some((chain) => name.startsWith(chain))) wrong.push([name, one])
      expect(wrong).toEqual([])
      for (const {finding, place} of findings) {
        if (finding.kind !== 'shadowed' || finding.example === null) continue
        for (const {rules} of evaluatePacket(prepared, finding.example.hook, finding.example.packet)) {
          expect(rules).toContain(finding.example.takenBy)
          expect(rules).not.toContain(place.rule)
        }
      }
    }),
    {numRuns: 200},
  )
  expect(dead).toBeGreaterThan(100)
})
