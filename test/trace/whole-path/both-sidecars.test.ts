import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../../src/trace/mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {asEnvoy, more, type Story, tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

describe('from app to app through both Envoys', () => {
  let story: Story
  beforeAll(() => {
    story = tell(mesh, get(pods.productpage, 'http://reviews:9080/reviews/0', {headers: [['end-user', 'jason']]}))
  })

  it('passes app, namespace, Envoy and namespace of the client, the node, and the same of the server', () => {
    expect(story.way).toEqual([
      'app productpage-v1',
      'netns productpage-v1 app-to-proxy nat:ISTIO_REDIRECT:rule:1',
      'envoy productpage-v1 0.0.0.0_9080 -> outbound|9080|v2|reviews.default.svc.cluster.local',
      'netns productpage-v1 proxy-to-wire nat:ISTIO_OUTPUT:rule:6',
      'node node1 no rule',
      'netns reviews-v2 wire-to-proxy nat:ISTIO_IN_REDIRECT:rule:1',
      'envoy reviews-v2 virtualInbound -> inbound|9080||',
      'netns reviews-v2 proxy-to-app nat:ISTIO_OUTPUT:rule:1',
      'app reviews-v2',
    ])
    expect(story.outcome).toMatchObject({kind: 'delivered', by: {pod: pods.reviewsV2, address: '10.10.0.15:9080'}})
  })

  it('is told in at most 40 lines', () => expect(story.lines.length).toBeLessThanOrEqual(40))

  it('leaves the app for the Envoy by the rule that no exception comes before', () => {
    expect(story.hops[1]).toMatchObject({
      redirectedTo: '127.0.0.1:15001',
      entered: {dst: '10.96.0.14', dport: 9080},
      left: {dst: '127.0.0.1', dport: 15001},
    })
    expect(story.text).toContain('redirected to 127.0.0.1:15001, its own Envoy')
    expect(story.text).toContain('no exception fits: to port 8888, from 127.0.0.6, over lo, by uid 1337')
  })

  it('leaves a conntrack entry there: the next packets follow it, and no nat rule is asked', () => {
    const request = get(pods.productpage, 'http://reviews:9080/reviews/0', {headers: [['end-user', 'jason']]})
    const reused = tell(mesh, {...request, connection: 'reused'})
    expect(reused.hops[1]).toMatchObject({redirectedTo: '127.0.0.1:15001', rules: []})
    expect(reused.text).toContain('an open connection: its conntrack entry leads, no nat rule is asked')
    expect(reused.outcome).toEqual(story.outcome)
  })

  it('is let out again because the Envoy runs as uid 1337', () => {
    expect(story.hops[3]).toMatchObject({redirectedTo: null, left: {dst: '10.10.0.15', dport: 9080}})
    expect(story.text).toContain('by uid 1337, the Envoy itself')
  })

  it('shows the server the identity, the SNI and the ALPN that the client cluster sends', () => {
    expect(story.hops[2]).toMatchObject({transport: {kind: 'tls', certificate: 'default'}})
    expect(story.text).toContain('mTLS as spiffe://cluster.local/ns/default/sa/bookinfo-productpage')
    expect(story.text).toContain('chain 0.0.0.0_9080 port 9080, TLS, ALPN istio')
  })

  it('reaches the app from 127.0.0.6, which no rule sends back to the Envoy', () => {
    expect(story.hops.at(-1)).toMatchObject({entered: {src: '127.0.0.6', dst: '10.10.0.15', dport: 9080}})
    expect(story.text).toContain('from 127.0.0.6, over lo')
  })
})

describe('the identity of the caller', () => {
  it('is what the policy of the server judges: one is let in, the other is not', () => {
    const allowed = tell(mesh, get(more.reviewsV1, 'http://ratings:9080/ratings/0'))
    expect(allowed.outcome.kind).toBe('delivered')
    expect(allowed.text).toContain(
      'authorization allowed by AuthorizationPolicy default/ratings-allow rule 0 port 9080, caller = spiffe://cluster.local/ns/default/sa/bookinfo-reviews',
    )
    const denied = tell(mesh, get(pods.productpage, 'http://ratings:9080/ratings/0'))
    expect(denied.outcome).toMatchObject({kind: 'responded', status: 403, by: {pod: pods.ratings}})
    expect(denied.text).toContain('who asked spiffe://cluster.local/ns/default/sa/bookinfo-productpage')
  })
})

describe('a destination that is still a service address on the node', () => {
  it("is spread by kube-proxy's rules where the client goes past its Envoy", () => {
    const story = tell(mesh, asEnvoy(get(pods.productpage, 'http://reviews:9080/')))
    expect(story.trace.branches.map(({probability}) => probability.toFixed(2))).toEqual(['0.33', '0.33', '0.33'])
    expect(story.hops[2]).toMatchObject({
      place: 'node',
      entered: {dst: '10.96.0.14'},
      redirectedTo: '10.10.0.14:9080',
      left: {dst: '10.10.0.14'},
    })
    expect(story.text).toMatch(/node redirected to 10\.10\.0\.14:9080 nat:KUBE-SERVICES:rule:5/)
    expect(story.lines.length).toBeLessThanOrEqual(40)
  })

  it('is translated for a pod without an Envoy', () => {
    const story = tell(mesh, get(pods.legacy, 'http://details.default:9080/'))
    expect(story.way.slice(0, 4)).toEqual([
      'app legacy',
      'netns legacy app-to-wire no rule',
      expect.stringMatching(/^node node1 nat:KUBE-/),
      expect.stringMatching(/^netns details-v1 wire-to-proxy mangle:ISTIO_TPROXY:rule:1$/),
    ])
    expect(story.outcome).toMatchObject({kind: 'delivered', by: {pod: pods.details}})
  })
})

describe('the ways of interception', () => {
  it('with TPROXY, keep the destination on the way in, and show the app its client', () => {
    const story = tell(mesh, get(pods.productpage, 'http://details:9080/details/0'))
    const into = story.hops.find((hop) => hop.place === 'netns' && hop.crossing === 'wire-to-proxy')
    expect(into).toMatchObject({redirectedTo: '10.10.0.12:15006', left: {dst: '10.10.0.12', dport: 9080}})
    expect(story.hops.at(-1)).toMatchObject({pod: pods.details, entered: {src: '10.10.0.11', dst: '10.10.0.12'}})
  })

  it('with native nftables, are told by table, chain and rule', () => {
    const story = tell(mesh, get(more.reviewsV1, 'http://ratings:9080/ratings/0'))
    expect(story.text).toContain('inet istio-proxy-nat:istio-inbound:rule:5')
    expect(story.text).toContain('inet istio-proxy-nat:istio-output:rule:1')
    expect(story.hops.at(-1)).toMatchObject({entered: {src: '127.0.0.6'}})
  })
})
