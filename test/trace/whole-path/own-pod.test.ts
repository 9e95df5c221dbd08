import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../../src/trace/mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

describe('a pod that calls itself', () => {
  it.each([
    ['its own address', 'http://10.10.0.11:9080/hello', '10.10.0.11:9080'],
    ['localhost', 'http://localhost:9080/hello', '127.0.0.1:9080'],
  ])('by %s stays on lo, past its Envoy', (_, url, address) => {
    const {way, outcome, text} = tell(mesh, get(pods.productpage, url))
    expect(way).toEqual([
      'app productpage-v1',
      'netns productpage-v1 app-to-app nat:ISTIO_OUTPUT:rule:5',
      'app productpage-v1',
    ])
    expect(outcome).toMatchObject({kind: 'delivered', by: {place: 'app', address}})
    expect(text).toContain('left alone nat:ISTIO_OUTPUT:rule:5 over lo, not by uid 1337')
  })

  it('by its service goes through its Envoy twice, out and in', () => {
    const {way, outcome, text, lines} = tell(mesh, get(pods.productpage, 'http://productpage:9080/hello'))
    expect(way).toEqual([
      'app productpage-v1',
      'netns productpage-v1 app-to-proxy nat:ISTIO_REDIRECT:rule:1',
      'envoy productpage-v1 0.0.0.0_9080 -> outbound|9080||productpage.default.svc.cluster.local',
      'netns productpage-v1 proxy-to-proxy nat:ISTIO_IN_REDIRECT:rule:1',
      'envoy productpage-v1 virtualInbound -> inbound|9080||',
      'netns productpage-v1 proxy-to-app nat:ISTIO_OUTPUT:rule:3',
      'app productpage-v1',
    ])
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: pods.productpage, address: '10.10.0.11:9080'}})
    expect(text).toContain('not to 127.0.0.1, over lo, not to port 15008, by uid 1337, the Envoy itself')
    expect(lines.length).toBeLessThanOrEqual(40)
  })

  it.each([
    ['its own outbound port', pods.productpage, 'http://127.0.0.1:15001/', 'virtualOutbound-blackhole'],
    ['the inbound port from outside', pods.legacy, 'http://10.10.0.11:15006/', 'virtualInbound-blackhole'],
  ])('is not sent round in a loop by %s: the Envoy closes it', (_, pod, url, chain) => {
    const {outcome, text} = tell(mesh, get(pod, url))
    expect(outcome).toMatchObject({kind: 'reset', responseFlags: 'UH', by: {pod: pods.productpage}})
    expect(text).toContain(`where chain ${chain} to change call the service's own port`)
  })
})
