import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../../src/trace/mesh.js'
import {nothing, withFiles} from '../changed-mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {asEnvoy, more, tcp, tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

describe('a headless service', () => {
  it('resolves to the pod itself, for which the Envoy has a listener', () => {
    const {trace, way, outcome} = tell(mesh, tcp(pods.productpage, 'ratings-headless:7072'))
    expect(trace.resolution).toMatchObject({addresses: ['10.10.0.13']})
    expect(way[2]).toBe(
      'envoy productpage-v1 10.10.0.13_7072 -> outbound|7072||ratings-headless.default.svc.cluster.local',
    )
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: pods.ratings, address: '10.10.0.13:7072'}})
  })
})

describe('an external service', () => {
  it('is left by the Envoy in plaintext, and the way ends at a host outside the mesh', () => {
    const {way, outcome, text} = tell(mesh, get(pods.productpage, 'http://ext.example.com:8080/'))
    expect(way[2]).toBe('envoy productpage-v1 0.0.0.0_8080 -> outbound|8080||ext.example.com')
    expect(way.at(-1)).toMatch(/^app external/)
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: null, address: '10.10.0.30:8080'}})
    expect(text).toContain('outside the mesh')
    expect(text).toContain('plaintext, without an identity')
  })
})

describe('a service without pods', () => {
  it('has nobody to take the request, and the labels that pods would need', () => {
    const {outcome, text} = tell(mesh, get(pods.productpage, 'http://empty:9080/'))
    expect(outcome).toMatchObject({kind: 'responded', status: 503, responseFlags: 'UH'})
    expect(text).toContain('start pods with the labels app=nobody')
  })
})

describe('a name', () => {
  it('is asked of the agent where DNS is captured, and the rule is told', () => {
    const {trace, text} = tell(mesh, get(more.sleep, 'http://details:9080/'))
    expect(trace.resolution).toMatchObject({by: 'dns proxy', addresses: ['10.96.0.12']})
    expect(trace.resolution?.answeredAt).toMatchObject({address: '127.0.0.1:15053'})
    expect(trace.resolution?.hops[0]?.rules).toContain('nat:ISTIO_OUTPUT_DNS:rule:2')
    expect(text).toContain('connects to details:9080 = 10.96.0.12:9080')
  })

  it('is asked of the DNS server where it is not captured', () => {
    const changed = withFiles(mesh, `pods/${pods.productpage}`, {'hosts.txt': nothing})
    const {trace} = tell(changed, get(pods.productpage, 'http://details:9080/'))
    expect(trace.resolution).toMatchObject({by: 'dns server', answeredAt: {address: '10.96.0.10:53'}})
  })
})

describe('an address that Istio makes up', () => {
  it('leads nowhere for who goes past the Envoy, and the text says whose it is', () => {
    const {outcome, text} = tell(mesh, asEnvoy(get(more.sleep, 'http://240.240.0.7:7000/')))
    expect(outcome.kind).not.toBe('delivered')
    expect(text).toContain('in the range of the addresses that Istio makes up')
    expect(text).toContain('call the host by its name through an Envoy')
  })
})
