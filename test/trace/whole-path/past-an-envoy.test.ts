import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {openSnapshot} from '../../../src/sources/open-snapshot.js'
import {buildMesh, type Mesh} from '../../../src/trace/mesh.js'
import {root} from '../../setup/run-bin.js'
import {nothing, withFiles} from '../changed-mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {asEnvoy, more, tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const failing = async (name: string): Promise<Mesh> =>
  buildMesh(await openSnapshot(join(root, `samples/failures/${name}.tar.gz`)))

const toRatings = get(more.reviewsV1, 'http://ratings:9080/ratings/0')
const strict = {kind: 'reset', responseFlags: 'NR', details: 'filter_chain_not_found', by: {pod: pods.ratings}}

describe('an excluded port or range', () => {
  it('of the client leaves its pod past the Envoy, and plaintext meets STRICT', async () => {
    const {way, outcome, text} = tell(await failing('excluded-port'), toRatings)
    expect(way[1]).toBe('netns reviews-v1 app-to-wire nat:ISTIO_OUTPUT:rule:1')
    expect(outcome).toMatchObject(strict)
    expect(text).toContain('goes past it: nat:ISTIO_OUTPUT:rule:1 lets it out (to port 9080)')
  })

  it('of addresses does the same, and the remedy names the annotation of ranges', () => {
    const changed = withFiles(mesh, `pods/${more.reviewsV1}`, {
      'iptables-save.txt': (rules) =>
        rules.replace('-A ISTIO_OUTPUT -j ISTIO_REDIRECT', '-A ISTIO_OUTPUT -d 10.96.0.0/16 -j RETURN\n$&'),
      'nft-ruleset.txt': nothing,
      'nft-ruleset.json': nothing,
    })
    const {way, outcome, text} = tell(changed, toRatings)
    expect(way[1]).toMatch(/^netns reviews-v1 app-to-wire nat:ISTIO_OUTPUT:rule:\d+$/)
    expect(outcome).toMatchObject(strict)
    expect(text).toMatch(/lets it out \(to 10\.96\.0\.0\/16\)/)
    expect(text).toMatch(
      /take 10\.96\.0\.13 out of the annotation traffic\.sidecar\.istio\.io\/excludeOutboundIPRanges/,
    )
  })

  it('of the server leads from the wire to the app, or to nobody', () => {
    const {way, outcome, text} = tell(mesh, get(pods.legacy, 'http://10.10.0.16:9095/'))
    expect(way.at(-1)).toBe('netns reviews-v3 wire-to-app nat:ISTIO_INBOUND:rule:5')
    expect(outcome.kind).toBe('refused')
    expect(text).toContain('left alone nat:ISTIO_INBOUND:rule:5 to port 9095')
    expect(text).toContain('the app there listens on 127.0.0.1:9095 alone')
  })
})

describe('an address of no service', () => {
  it('is passed through as plaintext, which STRICT refuses; the remedy is to call by name', () => {
    const {way, outcome, text, lines} = tell(mesh, get(more.sleep, 'http://10.10.0.13:9080/'))
    expect(way[2]).toBe('envoy sleep 0.0.0.0_9080 -> PassthroughCluster')
    expect(outcome).toMatchObject({kind: 'responded', status: 503, responseFlags: 'UC', by: {pod: more.sleep}})
    expect(text).toContain('plaintext, without an identity')
    expect(text).toContain('ratings-v1-5997b99df9-m2k8w takes only mTLS here, and this is plaintext')
    expect(text).toContain('to change call the service by its name instead of the pod address')
    expect(lines.length).toBeLessThanOrEqual(40)
  })

  it('is passed through on both sides where the server takes plaintext', () => {
    const {way, outcome} = tell(mesh, get(pods.legacy, 'http://10.10.0.14:9095/'))
    expect(way).toContain('envoy reviews-v1 virtualInbound -> InboundPassthroughCluster')
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: more.reviewsV1}})
  })

  it('goes nowhere under REGISTRY_ONLY', () => {
    const {outcome, text} = tell(mesh, get(more.reviewsV3, 'http://1.2.3.4:80/'))
    expect(outcome).toMatchObject({kind: 'reset', responseFlags: 'UH'})
    expect(text).toContain('(outbound policy REGISTRY_ONLY)')
  })
})

describe('a side without a sidecar', () => {
  it('as client sends plaintext, which a PERMISSIVE server takes and a STRICT one does not', () => {
    const taken = tell(mesh, get(pods.legacy, 'http://details.default:9080/'))
    expect(taken.outcome).toMatchObject({kind: 'delivered', by: {pod: pods.details}})
    expect(taken.text).toContain('chain 0.0.0.0_9080 port 9080, plaintext')
    const refused = tell(mesh, get(pods.legacy, 'http://ratings.default:9080/'))
    expect(refused.outcome).toMatchObject(strict)
    expect(refused.text).toContain('who asked legacy-6f7d9d7d5c-q8zzn has no Envoy, so it sends plaintext')
  })

  it('as server is sent plaintext by the Envoy of the client', () => {
    const {way, outcome, text} = tell(mesh, get(pods.productpage, 'http://legacy.legacy:8000/'))
    expect(way.slice(-2)).toEqual(['netns legacy wire-to-app no rule', 'app legacy'])
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: pods.legacy, address: '10.10.0.19:8000'}})
    expect(text).toContain('plaintext, without an identity')
  })

  it('and with a sidecar whose rules are missing is told apart from it', async () => {
    const {way, outcome, text} = tell(await failing('no-rules'), toRatings)
    expect(way[1]).toBe('netns reviews-v1 app-to-wire no rule')
    expect(outcome).toMatchObject(strict)
    expect(text).toContain('reviews-v1-7f5f4c6f8b-2nqlk has an Envoy, and this request goes past it')
    expect(text).not.toContain('has no Envoy')
  })
})

describe("a process that runs as the Envoy's user", () => {
  it('goes past the Envoy, and the remedy is another user', () => {
    const {outcome, text} = tell(mesh, asEnvoy(get(pods.productpage, 'http://ratings:9080/ratings/0')))
    expect(outcome).toMatchObject(strict)
    expect(text).toContain('nat:ISTIO_OUTPUT:rule:6 lets it out (by uid 1337)')
  })

  it('is led into the inbound side when it calls its own pod, and is not said to have no Envoy', () => {
    const {way, outcome, text} = tell(mesh, asEnvoy(get(pods.productpage, 'http://10.10.0.11:9080/')))
    expect(way[1]).toBe('netns productpage-v1 app-to-proxy nat:ISTIO_IN_REDIRECT:rule:1')
    expect(outcome).toMatchObject({...strict, by: {pod: pods.productpage}})
    expect(text).toContain(
      'nat:ISTIO_OUTPUT:rule:4 takes this process for the Envoy of productpage-v1-64794f5db4-8s7zq',
    )
    expect(text).toContain('as another user than the Envoy')
    expect(text).not.toContain('has no Envoy')
  })
})

describe('the exceptions of a chain', () => {
  it('are all told, also those before a rule that leads into another chain and back', () => {
    const {text} = tell(mesh, get(more.sleep, 'http://details:9080/'))
    expect(text).toContain('no exception fits: from 127.0.0.6, over lo, by uid 1337, gid 1337, to 127.0.0.1')
  })
})
