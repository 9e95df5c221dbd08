import {beforeAll, describe, expect, it} from 'vitest'
import {buildMesh, type Mesh} from '../../../src/trace/mesh.js'
import {withFiles} from '../changed-mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {more, tell} from './asked.js'

const outside = 'outbound|8080||ext.example.com'
const gateway = 'outbound|80||istio-ingressgateway.istio-system.svc.cluster.local'

/** The routes of a dump that lead to `from` lead to `to`, and no endpoint asks for mTLS. */
const rerouted = (text: string, from: string, to: string): string =>
  JSON.stringify(
    JSON.parse(text, (key, value: unknown) => {
      if (key === 'envoy.transport_socket_match') return {}
      return key === 'cluster' && value === from ? to : value
    }),
  )

let mesh: Mesh
beforeAll(async () => {
  const client = withFiles(await sampleMesh(), `pods/${pods.productpage}`, {
    'config_dump.json': (text) => rerouted(text, outside, gateway),
  })
  mesh = withFiles(buildMesh(client.snapshot), `pods/${more.ingress}`, {
    'config_dump.json': (text) =>
      rerouted(text, 'outbound|9080||productpage.default.svc.cluster.local', outside).replaceAll(
        '"bookinfo.example.com',
        '"ext.example.com',
      ),
  })
})

describe('a gateway on the way out of the mesh', () => {
  it('is a further proxy between the Envoy of the client and the host outside', () => {
    const {way, outcome, text, lines} = tell(mesh, get(pods.productpage, 'http://ext.example.com:8080/productpage'))
    expect(way).toEqual([
      'app productpage-v1',
      'netns productpage-v1 app-to-proxy nat:ISTIO_REDIRECT:rule:1',
      `envoy productpage-v1 0.0.0.0_8080 -> ${gateway}`,
      'netns productpage-v1 proxy-to-wire nat:ISTIO_OUTPUT:rule:6',
      'node node1 no rule',
      'netns istio-ingressgateway wire-to-proxy no rule',
      `envoy istio-ingressgateway 0.0.0.0_8080 -> ${outside}`,
      'netns istio-ingressgateway proxy-to-wire no rule',
      'node node1 no rule',
      expect.stringMatching(/^app external/),
    ])
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: null, address: '10.10.0.30:8080'}})
    expect(text).toContain('istio-ingressgateway-7c5cd8f5d9-kzv4r gateway')
    expect(text).toContain('outside the mesh')
    expect(lines.length).toBeLessThanOrEqual(40)
  })
})
