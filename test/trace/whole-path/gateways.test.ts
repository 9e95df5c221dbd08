import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../../src/trace/mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {more, tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const shop = {headers: [['Host', 'bookinfo.example.com']] as [string, string][]}

describe('an ingress gateway', () => {
  it('is a proxy on the way: kube-proxy leads to it, and it speaks mTLS to the server', () => {
    const asked = get(pods.legacy, 'http://istio-ingressgateway.istio-system/productpage', shop)
    const {way, outcome, text, lines} = tell(mesh, asked)
    expect(way).toEqual([
      'app legacy',
      'netns legacy app-to-wire no rule',
      expect.stringMatching(/^node node1 nat:KUBE-/),
      'netns istio-ingressgateway wire-to-proxy no rule',
      'envoy istio-ingressgateway 0.0.0.0_8080 -> outbound|9080||productpage.default.svc.cluster.local',
      'netns istio-ingressgateway proxy-to-wire no rule',
      'node node1 no rule',
      'netns productpage-v1 wire-to-proxy nat:ISTIO_IN_REDIRECT:rule:1',
      'envoy productpage-v1 virtualInbound -> inbound|9080||',
      'netns productpage-v1 proxy-to-app nat:ISTIO_OUTPUT:rule:3',
      'app productpage-v1',
    ])
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: pods.productpage}})
    expect(text).toContain('gateway')
    expect(text).toContain('of VirtualService default/bookinfo')
    expect(text).toMatch(
      /mTLS as spiffe:\/\/cluster\.local\/ns\/istio-system\/sa\/ ?istio-ingressgateway-service-account/,
    )
    expect(lines.length).toBeLessThanOrEqual(40)
  })

  it('answers 404 for a name that it does not serve, and says which it does', () => {
    const other = get(pods.legacy, 'http://istio-ingressgateway.istio-system/productpage')
    const {outcome, text} = tell(mesh, other)
    expect(outcome).toMatchObject({kind: 'responded', status: 404, responseFlags: 'NR', by: {pod: more.ingress}})
    expect(text).toContain('it serves bookinfo.example.com')
  })

  /** Envoy 1.40: the client logs 503 UF with these details, the server 400 DPE. */
  it('that takes plaintext breaks the TLS of a sidecar, which answers 503', () => {
    const {outcome, trace, text} = tell(mesh, get(more.sleep, 'http://istio-ingressgateway.istio-system/'))
    expect(outcome).toMatchObject({
      kind: 'responded',
      status: 503,
      responseFlags: 'UF',
      details:
        'upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}',
      by: {pod: more.sleep},
    })
    expect(trace.branches[0]?.hops.at(-1)).toMatchObject({
      pod: more.ingress,
      outcome: {kind: 'responded', status: 400, responseFlags: 'DPE', details: 'http1.codec_error'},
    })
    expect(text).toContain(
      'the Envoy of sleep-5577c64d7c-wl6bf speaks TLS to istio-ingressgateway-7c5cd8f5d9-kzv4r, which takes plaintext',
    )
    expect(text).toContain('istio-ingressgateway.istio-system.svc.cluster.local to DISABLE for this port')
  })
})

describe('a process in the pod of a gateway', () => {
  it('is not said to miss redirection rules, which gateways never have', () => {
    const {outcome, text} = tell(mesh, get(more.ingress, 'http://productpage.default:9080/productpage'))
    expect(outcome).toMatchObject({kind: 'reset', details: 'filter_chain_not_found', by: {pod: pods.productpage}})
    expect(text).toContain('istio-ingressgateway-7c5cd8f5d9-kzv4r is a gateway')
    expect(text).not.toContain('istio-init')
  })
})
