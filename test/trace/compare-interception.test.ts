import {beforeAll, describe, expect, it} from 'vitest'
import {parseRules} from '../../src/netfilter/parse/parse-rules.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {compareInterceptions, type InterceptedWay} from '../../src/trace/interception/compare.js'
import {tracks} from '../../src/trace/interception/figures.js'
import type {InterceptionMode} from '../../src/trace/interception/mode.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {Place} from '../../src/trace/place.js'
import type {TraceRequest} from '../../src/trace/request.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const jason = get(pods.productpage, 'http://reviews:9080/reviews/0', {headers: [['end-user', 'jason']]})
const modes: InterceptionMode[] = ['REDIRECT', 'TPROXY', 'ebpf', 'hook-connect', 'takeover', 'none']

const compared = (request: TraceRequest = jason, over: Mesh = mesh): Record<string, InterceptedWay> =>
  Object.fromEntries(compareInterceptions(over, request, modes).ways.map((way) => [way.mode, way]))

const figure = (ways: Record<string, InterceptedWay>, pick: (way: InterceptedWay) => unknown) =>
  modes.map((mode) => {
    const way = ways[mode]
    return way === undefined ? undefined : pick(way)
  })

describe('the ways of interception compared for one request', () => {
  it('count connections, passes through the stack and conntrack entries on the way itself', () => {
    const ways = compared()
    expect(figure(ways, ({figures}) => figures.connections.length)).toEqual([3, 3, 3, 3, 3, 1])
    expect(figure(ways, ({figures}) => figures.stackPasses)).toEqual([6, 6, 0, 6, 6, 2])
    expect(figure(ways, ({figures}) => figures.conntrack)).toEqual([4, 4, 0, 0, 0, 0])
  })

  it('hand bytes over within a node alone: from six passes to two across nodes', async () => {
    const snapshot = await openSnapshot('sample')
    const {document} = snapshot
    const apart = document.pods.map((pod) => (pod.name.startsWith('reviews') ? {...pod, node: 'node2'} : pod))
    const across = buildMesh({...snapshot, document: {...document, pods: apart}})
    const way = compared(jason, across)['ebpf']
    expect(way?.figures.connections.map(({handedOver}) => handedOver)).toEqual([true, false, true])
    expect(way?.figures.stackPasses).toBe(2)
  })

  it('say what the app sees, and what the client’s own socket shows', () => {
    const ways = compared()
    expect(figure(ways, ({appSees}) => appSees).slice(0, 5)).toEqual([
      '127.0.0.6',
      '10.10.0.11',
      '127.0.0.6',
      '127.0.0.6',
      '127.0.0.6',
    ])
    expect(figure(ways, ({clientSees}) => clientSees)).toEqual([
      '10.96.0.14:9080',
      '10.96.0.14:9080',
      '127.0.0.1:15001',
      '127.0.0.1:15001',
      '127.0.0.1:15001',
      '10.96.0.14:9080',
    ])
  })

  it('name what breaks: the source, exemptions by group, and who comes from outside', () => {
    const ways = compared()
    const breaksIn = (kind: string) => modes.filter((mode) => ways[mode]?.breaks.some((each) => each.kind === kind))
    expect(breaksIn('source-hidden')).not.toContain('TPROXY')
    expect(breaksIn('group-not-exempt')).toEqual(['ebpf', 'hook-connect', 'takeover'])
    expect(breaksIn('open-from-outside')).toEqual(['takeover', 'none'])
    expect(breaksIn('no-proxy')).toEqual(['none'])
    expect(breaksIn('exclusion-ignored')).toEqual([])
  })

  it('ask name servers as the rules and programs of each way would', () => {
    const sleep = get('default/sleep-5577c64d7c-wl6bf', 'http://reviews:9080/')
    expect(figure(compared(sleep), ({probes}) => probes.dns?.taken)).toEqual([true, true, true, true, false, false])
  })

  it('do not find a gateway without the proxy that it is itself', () => {
    const gateway = get('istio-system/istio-ingressgateway-7c5cd8f5d9-kzv4r', 'http://productpage:9080/')
    expect(compared(gateway)['REDIRECT']?.breaks.filter(({kind}) => kind === 'no-proxy')).toEqual([])
  })
})

describe('whether a namespace tracks connections', () => {
  const withRules = (text: string, family: 'ip' | 'ip6' = 'ip'): Pick<Place, 'rulesets'> => ({
    rulesets: [parseRules(text, {origin: 'test', family})],
  })
  const table = (name: string, rule: string) => `*${name}\n:OUTPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`

  // Each was tried in a namespace of its own, three connections over lo: three entries or none.
  it.each([
    ['a nat chain without rules', table('nat', ''), false],
    ['a nat chain that changes no address', table('nat', '-A OUTPUT -d 10.9.9.9 -p tcp -j RETURN'), false],
    ['a REDIRECT for another address', table('nat', '-A OUTPUT -d 10.9.9.9 -p tcp -j REDIRECT --to-ports 15001'), true],
    ['a match of the connection’s mark', table('mangle', '-A OUTPUT -m connmark --mark 5 -j ACCEPT'), true],
    ['a match of its state', table('filter', '-A OUTPUT -m conntrack --ctstate INVALID -j ACCEPT'), true],
    ['NOTRACK alone', table('raw', '-A OUTPUT -j CT --notrack'), false],
  ])('%s', (_, text, expected) => {
    expect(tracks(withRules(text), 4)).toBe(expected)
  })

  it('is decided for each IP version by itself', () => {
    const ip6 = withRules(table('nat', '-A OUTPUT -d fd00::9 -p tcp -j REDIRECT --to-ports 15001'), 'ip6')
    expect([tracks(ip6, 4), tracks(ip6, 6)]).toEqual([false, true])
  })
})
