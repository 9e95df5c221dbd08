import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../src/trace/mesh.js'
import type {NetnsHop, NodeHop, ProxyHop, Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {renderTraceText} from '../../src/views/text/trace.js'
import {nothing, withFiles} from './changed-mesh.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const ask = (pod: string, url: string, asked: Mesh = mesh): [Trace, Trace] => [
  walk(asked, get(pod, url)),
  walk(asked, get(pod, url, {connection: 'reused'})),
]

const ruled = ({branches}: Trace): (NetnsHop | NodeHop)[] =>
  branches.flatMap(({hops}) =>
    hops.filter((hop): hop is NetnsHop | NodeHop => hop.place === 'netns' || hop.place === 'node'),
  )

const proxied = ({branches}: Trace): unknown[] =>
  branches.flatMap(({hops}) =>
    hops
      .filter((hop): hop is ProxyHop => hop.place === 'proxy')
      .map(({pod, listener, filterChain, route, cluster, endpoint}) => ({
        pod,
        listener,
        filterChain,
        route,
        cluster,
        endpoint,
      })),
  )

const isNat = (rule: string): boolean => /^nat:|-nat:/.test(rule)

/** The sample with other rules in one pod. */
const withRules = (pod: string, change: (rules: string) => string): Mesh =>
  withFiles(mesh, `pods/${pod}`, {'iptables-save.txt': change, 'nft-ruleset.txt': nothing, 'nft-ruleset.json': nothing})

describe('a request on open connections', () => {
  it.each([
    [pods.productpage, 'http://reviews:9080/reviews/0'],
    [pods.productpage, 'http://details:9080/details/0'],
    [pods.productpage, 'http://productpage:9080/'],
    [pods.productpage, 'http://ext.example.com:8080/'],
    [pods.legacy, 'http://details.default:9080/'],
    ['default/sleep-5577c64d7c-wl6bf', 'http://istio-ingressgateway.istio-system/productpage'],
  ])('goes where a new one goes, and no nat rule is asked: %s %s', (pod, url) => {
    const [opened, reused] = ask(pod, url)
    expect(
      ruled(opened)
        .flatMap(({rules}) => rules)
        .filter(isNat),
    ).not.toEqual([])
    expect(
      ruled(reused)
        .flatMap(({rules}) => rules)
        .filter(isNat),
    ).toEqual([])
    expect(ruled(reused).map(({redirectedTo}) => redirectedTo)).toEqual(
      ruled(opened).map(({redirectedTo}) => redirectedTo),
    )
    expect(ruled(reused).map(({left}) => [left.dst, left.dport, left.src])).toEqual(
      ruled(opened).map(({left}) => [left.dst, left.dport, left.src]),
    )
    expect(proxied(reused)).toEqual(proxied(opened))
    expect(reused.branches.map(({outcome}) => outcome)).toEqual(opened.branches.map(({outcome}) => outcome))
  })

  it('is diverted to its socket where the first packet met TPROXY', () => {
    const [opened, reused] = ask(pods.productpage, 'http://details:9080/details/0')
    const into = (trace: Trace) => ruled(trace).find((hop) => hop.place === 'netns' && hop.crossing === 'wire-to-proxy')
    expect(into(opened)?.rules).toContain('mangle:ISTIO_TPROXY:rule:1')
    expect(into(reused)?.rules).toEqual([
      'mangle:PREROUTING:rule:1',
      'mangle:ISTIO_INBOUND:rule:7',
      'mangle:ISTIO_DIVERT:rule:1',
      'mangle:ISTIO_DIVERT:rule:2',
    ])
  })

  it('meets the rules of every other table, which see the destination that its entry leads to', () => {
    const filter = [
      '*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp --dport 9080 -j ACCEPT\nCOMMIT',
      '*mangle\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 10.96.0.14 -m conntrack --ctstate ESTABLISHED -j MARK --set-mark 7\nCOMMIT',
      '*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp --dport 9080 -j DROP\n-A OUTPUT -p tcp --dport 15001 -m conntrack --ctstate DNAT -j ACCEPT\nCOMMIT',
    ]
    const changed = withRules(pods.productpage, (rules) => `${rules.trimEnd()}\n${filter.join('\n')}\n`)
    const [, reused] = ask(pods.productpage, 'http://reviews:9080/reviews/0', changed)
    expect(ruled(reused)[0]?.rules).toEqual(['raw:OUTPUT:rule:1', 'mangle:OUTPUT:rule:1', 'filter:OUTPUT:rule:2'])
  })

  it('may be stopped by a rule that lets new connections through', () => {
    const drop = '*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m conntrack --ctstate ESTABLISHED -j DROP\nCOMMIT'
    const changed = withRules(pods.productpage, (rules) => `${rules.trimEnd()}\n${drop}\n`)
    const [opened, reused] = ask(pods.productpage, 'http://ratings:9080/', changed)
    expect(opened.branches[0]?.outcome.kind).toBe('responded')
    expect(reused.branches[0]?.outcome).toMatchObject({kind: 'dropped', details: 'filter:OUTPUT:rule:1'})
  })

  it('says in the text that the entry leads', () => {
    const [, reused] = ask(pods.productpage, 'http://details:9080/details/0')
    const text = renderTraceText(reused, {detail: 'summary', width: 100, colour: false})
    expect(text).toMatch(/^GET http:\/\/details:9080\/details\/0 {3}on open connections$/m)
    expect(text).toMatch(/redirected to 127\.0\.0\.1:15001, its own Envoy +conntrack/)
    expect(text).toContain('its conntrack entry leads, no nat rule is asked')
    expect(text).not.toMatch(/\bnat:/)
  })
})
