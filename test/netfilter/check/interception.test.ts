import {describe, expect, it} from 'vitest'
import {checkRules} from '../../../src/netfilter/check/check-rules.js'
import {parseRules} from '../../../src/netfilter/parse/parse-rules.js'
import {table} from '../rules.js'
import {check, found, istio, kinds, listening, podWith} from './pods.js'

const whole = [...istio.inbound, ...istio.outbound]
const without = (pattern: RegExp): string[] => whole.filter((line) => !pattern.test(line))
const annotated = (name: string, value: string) => podWith({}, {[`traffic.sidecar.istio.io/${name}`]: value})

describe('interception', () => {
  it('is in order with what istio-iptables writes', () => {
    expect(check(whole)).toEqual({findings: [], undecided: []})
  })

  it('is a loop where the proxy is not let go', () => {
    const [loop] = found(check(without(/-m owner --[ug]id-owner 1337 -j RETURN/)), 'loop')
    expect(loop).toMatchObject({
      to: '127.0.0.1:15001',
      owner: {uid: 1337, gid: 1337},
      example: {hook: 'path-out', takenBy: 'nat:ISTIO_REDIRECT:rule:1', packet: {uid: 1337, dport: 80}},
    })
  })

  it('is no loop where the group alone lets the proxy go', () => {
    expect(found(check(without(/-m owner --uid-owner 1337 -j RETURN/)), 'loop')).toEqual([])
  })

  it('misses a port that a rule lets past, and says so', () => {
    const lines = ['-A PREROUTING -p tcp -m tcp --dport 9080 -j ACCEPT', ...whole]
    const result = check(lines)
    expect(found(result, 'not-intercepted')).toMatchObject([
      {port: 9080, to: 15006, example: {takenBy: 'nat:PREROUTING:rule:1'}},
    ])
    expect(found(result, 'conflict')).toMatchObject([
      {istio: '10.244.1.5:15006', becomes: 'accept', example: {packet: {dport: 9080}}},
    ])
  })

  it('leaves a port alone that is excluded, and one that is not in the list of what is included', () => {
    const lines = ['-A PREROUTING -p tcp -m tcp --dport 9080 -j ACCEPT', ...whole]
    expect(kinds(check(lines, {facts: annotated('excludeInboundPorts', '9080')}))).toEqual(['conflict'])
    expect(found(check(lines, {facts: annotated('includeInboundPorts', '7070')}), 'not-intercepted')).toEqual([])
  })

  it('does not do what annotations ask for', () => {
    const asked = (name: string, value: string) => check(whole, {facts: annotated(name, value)})
    expect(found(asked('excludeInboundPorts', '9080'), 'not-excluded')).toMatchObject([
      {direction: 'inbound', what: 'port 9080', to: '10.244.1.5:15006'},
    ])
    expect(found(asked('excludeOutboundPorts', '8888'), 'not-excluded')).toMatchObject([
      {direction: 'outbound', what: 'port 8888', to: '127.0.0.1:15001'},
    ])
    expect(found(asked('excludeOutboundIPRanges', '192.168.0.0/16'), 'not-excluded')).toMatchObject([
      {what: 'range 192.168.0.0/16', example: {packet: {dst: '192.168.0.1'}}},
    ])
    expect(found(asked('includeOutboundIPRanges', '10.96.0.0/12'), 'not-excluded')).toMatchObject([
      {what: 'traffic to any address'},
    ])
    expect(asked('excludeOutboundPorts', '')).toEqual({findings: [], undecided: []})
  })

  it('is asked about in both families of a pod that has them', () => {
    const interfaces = [
      {name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']},
      {name: 'eth0', index: 2, addresses: ['10.244.1.5/24', 'fd00:244:1::5/64']},
    ]
    const listeners = [15001, 15006, 9080].map((port) => ({proto: 'tcp' as const, address: '*', port}))
    const six = whole.map((line) => line.replace('127.0.0.6/32', '::6/128').replaceAll('127.0.0.1/32', '::1/128'))
    const checked = (lines: readonly string[], name: string, value: string) =>
      checkRules(
        [
          parseRules(table('nat', ...whole), {origin: '4', family: 'ip'}),
          parseRules(table('nat', ...lines), {origin: '6', family: 'ip6'}),
        ],
        {interfaces, listeners},
        annotated(name, value),
      )
    expect(checked(six, 'excludeInboundPorts', '')).toEqual({findings: [], undecided: []})
    const past = ['-A PREROUTING -p tcp -m tcp --dport 9080 -j ACCEPT', ...six]
    expect(found(checked(past, 'excludeInboundPorts', ''), 'not-intercepted')).toMatchObject([
      {port: 9080, to: 15006, example: {packet: {dst: 'fd00:244:1::5'}, takenBy: 'nat:PREROUTING:rule:1'}},
    ])
    const excluded = found(checked(six, 'excludeOutboundIPRanges', '2001:db8:1::/48'), 'not-excluded')
    expect(excluded).toMatchObject([{what: 'range 2001:db8:1::/48 over IPv6', to: '[::1]:15001'}])
  })

  it('is of another mode than the one that is asked for', () => {
    const facts = podWith({}, {'sidecar.istio.io/interceptionMode': 'TPROXY'})
    expect(found(check(whole, {facts}), 'wrong-mode')).toMatchObject([{asked: 'TPROXY', found: 'REDIRECT'}])
  })

  it('is missing in a pod without rules', () => {
    const result = check([])
    expect(kinds(result)).toEqual(['not-intercepted', 'not-included'])
    expect(check([], {facts: podWith({intent: null})})).toEqual({findings: [], undecided: []})
  })

  it('happens twice with iptables-legacy beside nf_tables, and with TPROXY beside REDIRECT', () => {
    const legacy = `# Generated by iptables-save v1.8.9\n${table('nat', ...whole)}`
    const twice = found(check(whole, {beside: [legacy]}), 'intercepted-twice')
    expect(twice.map(({direction, by}) => [direction, by.length])).toEqual([
      ['inbound', 2],
      ['outbound', 2],
    ])
    const tproxy = table('mangle', '-A PREROUTING -p tcp -j TPROXY --on-port 15006 --tproxy-mark 0x539/0xffffffff')
    const [both] = found(check(whole, {beside: [tproxy]}), 'intercepted-twice')
    expect(both?.by.map(({by}) => by)).toEqual(['REDIRECT', 'TPROXY'])
  })

  it('leads nowhere without a listener, or where a rule drops what comes over lo', () => {
    const environment = {...listening, listeners: [{proto: 'tcp' as const, address: '0.0.0.0', port: 15001}]}
    expect(found(check(whole, {environment}), 'proxy-unreachable')).toMatchObject([{port: 15006, why: 'no-listener'}])
    const filter = table('filter', '-A INPUT -i lo -p tcp -m tcp --dport 15001 -j DROP')
    expect(found(check(whole, {beside: [filter]}), 'proxy-unreachable')).toMatchObject([
      {port: 15001, why: 'dropped', by: 'filter:INPUT:rule:1'},
    ])
  })

  it('lets an app pass that runs as the proxy', () => {
    expect(found(check(whole, {facts: podWith({appUid: 1337})}), 'app-as-proxy')).toMatchObject([
      {id: 'uid', value: 1337, example: {takenBy: 'nat:ISTIO_OUTPUT:rule:4'}},
    ])
    expect(found(check(whole, {facts: podWith({appUid: 0, proxyUid: 0})}), 'app-as-proxy')).toEqual([])
  })

  it('is of one family alone in a pod with addresses of both', () => {
    const environment = {
      ...listening,
      interfaces: [{name: 'eth0', index: 2, addresses: ['10.244.1.5/24', 'fd00:244:1::5/64']}],
    }
    const [family] = found(check(whole, {environment}), 'one-family')
    expect(family).toMatchObject({has: 4, addresses: ['10.244.1.5', 'fd00:244:1::5']})
    expect(family?.purposes).toContain('redirect')
  })

  it('is not decided where a rule has a target that nobody knows', () => {
    const {undecided} = check(['-A OUTPUT -j FANCY --level 3', ...whole])
    expect(undecided.map(({place}) => place)).toContain('outbound traffic to any address')
  })
})
