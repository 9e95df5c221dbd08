import {describe, expect, it} from 'vitest'
import {openFolder} from '../../src/sources/folder.js'
import {findLanding} from '../../src/trace/find-landing.js'
import type {LandingTarget} from '../../src/trace/landing.js'
import {buildMesh} from '../../src/trace/mesh.js'
import type {ProxyHop} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'

const mesh = buildMesh(openFolder('samples/bookinfo', 'sample'))
const productpage = 'default/productpage-v1-64794f5db4-8s7zq'
const reviews = 'default/reviews-v2-6b5667f655-p9hxv'

const land = (target: LandingTarget) => {
  const landing = findLanding(mesh, target)
  if (landing.kind === 'none') throw new Error(landing.why)
  return walk(mesh, landing.request)
}

const proxiesOf = (target: LandingTarget, pod: string): ProxyHop[] =>
  land(target)
    .branches.flatMap(({hops}) => hops)
    .filter((hop): hop is ProxyHop => hop.place === 'proxy' && hop.pod === pod)

describe('a request that lands on a row', () => {
  it('has the header that the route to a subset asks for', () => {
    const cluster = 'outbound|9080|v2|reviews.default.svc.cluster.local'
    const trace = land({kind: 'cluster', pod: productpage, cluster})
    expect(trace.request.headers).toContainEqual(['end-user', 'jason'])
    expect(trace.branches[0]?.outcome.by?.pod).toBe(reviews)
  })

  it('takes the route of a virtual host that was asked for, by its own conditions', () => {
    const target = {
      kind: 'route',
      pod: productpage,
      routeConfig: '9080',
      virtualHost: 'reviews.default.svc.cluster.local:9080',
      index: 1,
    } as const
    const routes = proxiesOf(target, productpage).map(({route}) => route?.index)
    expect(routes).toContain(1)
  })

  it('comes to an endpoint, to a listener, to an inbound cluster of another pod', () => {
    const cluster = 'outbound|9080|v1|reviews.default.svc.cluster.local'
    const address = '10.10.0.14:9080'
    const endpoints = proxiesOf({kind: 'endpoint', pod: productpage, cluster, address}, productpage)
    expect(endpoints.map(({endpoint}) => endpoint)).toContain(address)
    const listener = '10.96.0.20_7070'
    const listeners = proxiesOf({kind: 'listener', pod: productpage, listener, chain: null}, productpage)
    expect(listeners.map((hop) => hop.listener)).toContain(listener)
    const inbound = proxiesOf({kind: 'cluster', pod: reviews, cluster: 'inbound|9080||'}, reviews)
    expect(inbound.map((hop) => hop.cluster)).toContain('inbound|9080||')
  })

  it('meets a rule', () => {
    const rule = 'nat:ISTIO_INBOUND:rule:4'
    const hops = land({kind: 'rule', pod: productpage, rule: 'nat:ISTIO_OUTPUT:rule:11'}).branches[0]?.hops ?? []
    expect(hops.some((hop) => hop.place === 'netns' && hop.rules.includes('nat:ISTIO_OUTPUT:rule:11'))).toBe(true)
    expect(findLanding(mesh, {kind: 'rule', pod: productpage, rule}).kind).toBe('found')
  })

  it('asks a service, and a pod', () => {
    expect(land({kind: 'service', service: 'default/ratings'}).request.url).toBe('http://ratings.default:9080/')
    const hops = land({kind: 'pod', pod: reviews}).branches.flatMap((branch) => branch.hops)
    expect(hops.some((hop) => hop.place !== 'node' && hop.pod === reviews)).toBe(true)
  })

  it('is not made up where there is none, and says how many were walked', () => {
    const none = findLanding(mesh, {kind: 'cluster', pod: productpage, cluster: 'xds-grpc'})
    expect(none).toEqual({kind: 'none', why: 'no request can be named that would land on this row'})
    const unrouted = 'outbound|9080||reviews.default.svc.cluster.local'
    expect(findLanding(mesh, {kind: 'cluster', pod: productpage, cluster: unrouted})).toMatchObject({
      why: expect.stringMatching(/^no request was found that lands on this row \(\d+ were walked\)$/),
    })
  })
})
