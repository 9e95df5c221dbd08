import {beforeAll, describe, expect, test} from 'vitest'
import {derivedRules} from '../../src/cli/derived-rules.js'
import type {PodFacts, Snapshot} from '../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh} from '../../src/trace/mesh.js'
import {walk} from '../../src/trace/walk.js'
import {get, pods} from '../trace/mesh-of-sample.js'

let sample: Snapshot
beforeAll(async () => {
  sample = await openSnapshot('sample')
})

const factsOf = (prefix: string): PodFacts => {
  const found = sample.document.pods.find(({name}) => name.startsWith(prefix))
  if (found === undefined) throw new Error(`the sample has no ${prefix}`)
  return found
}

const fileOf = (pod: PodFacts, file: string) => sample.text(`pods/${pod.namespace}/${pod.name}/${file}`)

/** Rules in their order, without counters. */
const rulesIn = (text: string) =>
  text
    .replace(/^\[\d+:\d+\] /gm, '')
    .split('\n')
    .filter((line) => line.startsWith('-A') || line.startsWith('*'))

describe('rules that are derived', () => {
  test.each(['productpage', 'reviews-v1', 'reviews-v3', 'details'])('are those that Istio wrote for %s', (name) => {
    const pod = factsOf(name)
    const derived = derivedRules(pod, fileOf(pod, 'istio-iptables.cmd'))
    const real = fileOf(pod, 'iptables-save.txt') ?? ''
    expect(
      rulesIn(derived?.['iptables-save.txt'] ?? '')
        .filter((line) => !/^\*/.test(line))
        .sort(),
    ).toEqual(
      rulesIn(real)
        .filter((line) => !/^\*/.test(line))
        .sort(),
    )
  })

  test.each([
    ['a pod without a proxy', {sidecar: false}],
    ['a gateway', {sidecar: true, role: 'router'}],
    ['a pod whose traffic is left alone', {sidecar: true, annotations: {'sidecar.istio.io/interceptionMode': 'NONE'}}],
  ])('are none for %s', (_, facts) => expect(derivedRules({namespace: 'a', name: 'b', ...facts}, null)).toBeNull())

  test('follow the annotations', () => {
    const annotations = {
      'traffic.sidecar.istio.io/excludeInboundPorts': '9095',
      'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.96.0.0/12',
    }
    const text = derivedRules({namespace: 'a', name: 'b', sidecar: true, annotations}, null)?.['iptables-save.txt']
    expect(text).toContain('-A ISTIO_INBOUND -p tcp -m tcp --dport 9095 -j RETURN')
    expect(text).toContain('-A ISTIO_OUTPUT -d 10.96.0.0/12 -j ISTIO_REDIRECT')
    expect(text).not.toMatch(/^-A ISTIO_OUTPUT -j ISTIO_REDIRECT$/m)
  })
})

/** The sample as if nothing but derived rules were known of the places that `which` names. */
function derivedSample(which: (pod: PodFacts) => boolean): Snapshot {
  const chosen = sample.document.pods.filter(which)
  const folders = new Map(chosen.map((pod) => [`pods/${pod.namespace}/${pod.name}/`, pod]))
  const text = (path: string): string | null => {
    const [folder, pod] = [...folders].find(([start]) => path.startsWith(start)) ?? []
    if (folder === undefined || pod === undefined || path.endsWith('.json')) {
      const network = /\/(?:ip-|nft-)/.test(path) && folder !== undefined
      return network ? null : sample.text(path)
    }
    return derivedRules(pod, fileOf(pod, 'istio-iptables.cmd'))?.[path.slice(folder.length)] ?? null
  }
  const told = sample.document.pods.map((pod) =>
    which(pod) ? {...pod, rulesFrom: 'derived from the annotations'} : pod,
  )
  return {...sample, document: {...sample.document, pods: told}, text}
}

test.each(['productpage', 'details'])(
  'a trace by the derived rules of %s ends as by the real ones, and says so',
  (name) => {
    const request = get(pods.productpage, 'http://details:9080/details/0')
    const real = walk(buildMesh(sample), request)
    const derived = walk(buildMesh(derivedSample((pod) => pod.name.startsWith(name))), request)
    const ends = ({branches}: typeof real) =>
      branches.map(({probability, outcome, hops}) => ({probability, outcome, places: hops.map(({place}) => place)}))
    expect(ends(derived)).toEqual(ends(real))
    for (const {assumptions} of derived.branches)
      expect(assumptions.map(({about, assumed}) => `${about}: ${assumed}`).join()).toMatch(
        new RegExp(`rules of default/${name}.*derived from the annotations`),
      )
  },
)
