import {describe, expect, it} from 'vitest'
import {checkRules} from '../../../src/netfilter/check/check-rules.js'
import {parseRules} from '../../../src/netfilter/parse/parse-rules.js'
import {check, found} from './pods.js'

const dead = (...lines: string[]) => check(lines, {facts: null})

describe('dead rules', () => {
  it('are shadowed by the earlier rule, which takes the example', () => {
    expect(
      found(dead('-A OUTPUT -d 10.0.0.0/8 -j ACCEPT', '-A OUTPUT -d 10.1.0.0/16 -p tcp -j RETURN'), 'shadowed'),
    ).toMatchObject([
      {
        by: ['nat:OUTPUT:rule:1'],
        example: {hook: 'output', takenBy: 'nat:OUTPUT:rule:1', packet: {proto: 'tcp', ctstate: 'NEW'}},
      },
    ])
  })

  it('may be dead for each of several matches that nobody can tell of', () => {
    const nft =
      'table inet f {\n\tchain o {\n\t\ttype filter hook output priority filter; policy accept;\n\t\tmeta cgroup 7 meta rtclassid 3 drop\n\t}\n}\n'
    const {findings, undecided} = checkRules([parseRules(nft, {origin: 'nft'})], {}, null)
    expect(findings).toEqual([])
    expect(undecided).toEqual([
      {place: 'inet f:o:rule:1', why: 'whether it can match hangs on cgroup'},
      {place: 'inet f:o:rule:1', why: 'whether it can match hangs on rtclassid'},
    ])
  })

  it('are shadowed by several together, and by no more than are needed', () => {
    const lines = ['0.0.0.0/2', '192.0.2.0/24', '64.0.0.0/2', '128.0.0.0/1'].map((to) => `-A OUTPUT -d ${to} -j ACCEPT`)
    const findings = found(dead(...lines, '-A OUTPUT -p udp -j RETURN'), 'shadowed')
    expect(findings.map(({by}) => by)).toEqual([['nat:OUTPUT:rule:1', 'nat:OUTPUT:rule:3', 'nat:OUTPUT:rule:4']])
  })

  it('are behind a jump to a chain that always ends, and not behind one that may come back', () => {
    const lines = ['-A OUTPUT -p tcp -j U', '-A OUTPUT -p tcp -m tcp --dport 80 -j RETURN']
    expect(found(dead(...lines, '-A U -p tcp -j ACCEPT'), 'shadowed')).toHaveLength(1)
    expect(found(dead(...lines, '-A U -m mark --mark 0x1 -j RETURN', '-A U -j ACCEPT'), 'shadowed')).toHaveLength(0)
    expect(
      found(dead(...lines, '-A U -m statistic --mode random --probability 0.5 -j ACCEPT'), 'shadowed'),
    ).toHaveLength(0)
  })

  it('ask what excludes itself, what the hook never has, or what the caller keeps back', () => {
    expect(
      found(dead('-A OUTPUT -s 10.0.0.1 -d 10.0.0.1 -p udp -m tcp --dport 80 -j ACCEPT'), 'contradiction'),
    ).toHaveLength(0)
    expect(found(dead('-A OUTPUT -p udp -m tcp --tcp-flags SYN SYN -j ACCEPT'), 'contradiction')).toHaveLength(1)
    expect(found(dead('-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT'), 'impossible-here')).toMatchObject([
      {hook: 'output', caller: null},
    ])
    expect(found(dead('-A OUTPUT -o lo -j U', '-A U -o eth0 -j ACCEPT'), 'impossible-here')).toMatchObject([
      {caller: 'nat:OUTPUT:rule:1'},
    ])
  })

  it('stand in a chain that no rule leads to', () => {
    const {findings} = dead('-A OUTPUT -p tcp -j ACCEPT', '-A U -p tcp -j ACCEPT')
    expect(findings).toMatchObject([
      {code: 'ST-IPT-004', severity: 'warning', place: {chain: 'U'}, finding: {rules: 1, callers: []}},
    ])
  })

  it('that have counted packets tell of an earlier state', () => {
    const {findings} = dead('[5:300] -A OUTPUT -p tcp -j ACCEPT', '[7:420] -A OUTPUT -p tcp -m tcp --dport 80 -j DROP')
    expect(findings.map(({code, place}) => [code, place.rule])).toEqual([
      ['ST-IPT-001', 'nat:OUTPUT:rule:2'],
      ['ST-IPT-015', 'nat:OUTPUT:rule:2'],
    ])
  })

  it('are not known to be dead where an earlier rule hangs on what is not modelled: that is said', () => {
    const result = dead('-A OUTPUT -p tcp -m set --match-set some dst -j ACCEPT', '-A OUTPUT -p tcp -j RETURN')
    expect(result.findings).toEqual([])
    expect(result.undecided).toMatchObject([{place: 'nat:OUTPUT:rule:2'}])
  })

  it('are not looked for behind a changed mark by what the mark was before', () => {
    const lines = ['-A OUTPUT -m mark --mark 0x1 -j ACCEPT', '-A OUTPUT -p udp -j MARK --set-xmark 0x1/0xffffffff']
    expect(dead(...lines, '-A OUTPUT -m mark --mark 0x1 -j RETURN').findings).toEqual([])
  })

  it('are found in tables of thousands of services in a moment', () => {
    const services = Array.from({length: 3000}, (_, i) => `10.${96 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`)
    const lines = services.map(
      (ip) => `-A KUBE-SERVICES -d ${ip}/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:80`,
    )
    const twice = '-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80'
    const {findings, undecided} = dead('-A OUTPUT -j KUBE-SERVICES', ...lines, twice)
    expect(findings.map(({finding}) => finding)).toMatchObject([{kind: 'shadowed', by: ['nat:KUBE-SERVICES:rule:8']}])
    expect(undecided).toEqual([])
  })
})
