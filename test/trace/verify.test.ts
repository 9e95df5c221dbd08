import {beforeAll, describe, expect, test} from 'vitest'
import type {Snapshot} from '../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {Sent} from '../../src/trace/verify/verification.js'
import {verifyTrace} from '../../src/trace/verify/verify.js'
import {walk} from '../../src/trace/walk.js'
import {renderVerification} from '../../src/views/text/verification.js'
import {get, pods} from './mesh-of-sample.js'

let sample: Snapshot
let before: Mesh
beforeAll(async () => {
  sample = await openSnapshot('sample')
  before = buildMesh(sample)
})

/** What counted meanwhile: packets of all rules of these pods, and endpoints of clusters by requests and connections. */
interface Counted {
  rules?: readonly string[]
  hosts?: readonly {pod: string; cluster: string; address: string; connections?: number}[]
  stats?: Record<string, string>
}

interface HostStatus {
  address: {socket_address: {address: string; port_value: number}}
  stats: {name: string; value?: string}[]
}

function meanwhile({rules = [], hosts = [], stats = {}}: Counted): Mesh {
  const text = (path: string): string | null => {
    const [, pod = '', file = ''] = /^pods\/([^/]+\/[^/]+)\/(.+)$/.exec(path) ?? []
    if (file === 'stats.json') return stats[pod] ?? null
    const found = sample.text(path)
    if (found === null) return null
    if (rules.includes(pod) && /^ip6?tables-save\.txt$/.test(file))
      return found.replace(/^\[(\d+):/gm, (_, packets: string) => `[${Number(packets) + 1}:`)
    if (rules.includes(pod) && file === 'nft-ruleset.json')
      return found.replace(/"packets": ?(\d+)/g, (_, packets: string) => `"packets": ${Number(packets) + 1}`)
    const own = hosts.filter((host) => host.pod === pod)
    return file === 'clusters.json' && own.length > 0 ? withCounts(found, own) : found
  }
  return buildMesh({...sample, text})
}

function withCounts(text: string, hosts: NonNullable<Counted['hosts']>): string {
  const document: {cluster_statuses: {name: string; host_statuses: HostStatus[]}[]} = JSON.parse(text)
  for (const {cluster, address, connections = 1} of hosts) {
    const status = document.cluster_statuses.find(({name}) => name === cluster)
    const host = status?.host_statuses.find(
      ({address: {socket_address: own}}) => `${own.address}:${own.port_value}` === address,
    )
    if (host === undefined) throw new Error(`no ${address} in ${cluster}`)
    for (const stat of host.stats) {
      if (stat.name === 'rq_total') stat.value = String(Number(stat.value ?? 0) + 1)
      if (stat.name === 'cx_total') stat.value = String(Number(stat.value ?? 0) + connections)
    }
  }
  return JSON.stringify(document)
}

const v1 = 'default/reviews-v1-7f5f4c6f8b-2nqlk'
const toV1 = {
  pod: pods.productpage,
  cluster: 'outbound|9080|v1|reviews.default.svc.cluster.local',
  address: '10.10.0.14:9080',
}
const intoV1 = {pod: v1, cluster: 'inbound|9080||', address: '10.10.0.14:9080'}
const answered: Sent = {by: 'curl in a pod', status: 200, error: null}

const verify = (url: string, after: Mesh, sent: Sent | null = answered, was: Mesh = before) =>
  verifyTrace(walk(before, get(pods.productpage, url)), {before: was, after}, sent)

const reviews = 'http://reviews:9080/reviews/0'

describe('a verification', () => {
  test('confirms every hop of the way whose counters moved, and says that chance did not choose the other', () => {
    const after = meanwhile({rules: [pods.productpage, v1], hosts: [toV1, intoV1]})
    const {verdict, branches} = verify(reviews, after)
    expect(verdict).toBe('confirmed')
    const taken = branches.filter((branch) => branch.taken === 'yes')
    expect(taken.map(({outcome}) => outcome.by?.pod)).toEqual([v1])
    expect(taken[0]?.hops.map(({place, verdict: own}) => `${place} ${own}`)).toEqual([
      'app confirmed',
      'netns confirmed',
      'proxy confirmed',
      'netns confirmed',
      'node not observable',
      'netns confirmed',
      'proxy confirmed',
      'netns confirmed',
      'app confirmed',
    ])
    const others = branches.filter((branch) => branch.taken !== 'yes')
    expect(others.length).toBeGreaterThan(0)
    for (const {taken: was, hops} of others) {
      expect(was).toBe('no')
      expect(hops.filter(({verdict: own}) => own === 'contradicted')).toEqual([])
    }
    const text = renderVerification({...verify(reviews, after), warnings: []})
    expect(text).toContain('CONFIRMED')
    expect(text).toMatch(/requests to 10\.10\.0\.14:9080 of outbound\|9080\|v1.*: \d+ > \d+/)
  })

  test('contradicts what did not count at all', () => {
    const {verdict, branches} = verify(reviews, before)
    expect(verdict).toBe('contradicted')
    for (const {hops} of branches) expect(hops.some(({verdict: own}) => own === 'contradicted')).toBe(true)
  })

  test('contradicts a way that ends otherwise than it was computed', () => {
    const after = meanwhile({rules: [pods.productpage, v1], hosts: [toV1, intoV1]})
    const {branches} = verify(reviews, after, {by: 'curl', status: null, error: 'connection refused'})
    expect(branches.map(({taken}) => taken)).not.toContain('yes')
    expect(branches[0]?.hops[0]).toMatchObject({verdict: 'contradicted', reason: 'curl met connection refused'})
  })

  test('holds it against no rule that a connection was open already', () => {
    const after = meanwhile({
      rules: [pods.productpage],
      hosts: [
        {...toV1, connections: 0},
        {...intoV1, connections: 0},
      ],
    })
    const {verdict, branches} = verify(reviews, after)
    expect(verdict).toBe('confirmed')
    const taken = branches.find((branch) => branch.taken === 'yes')
    const incoming = taken?.hops.find(({passage}) => passage === 'wire-to-proxy')
    expect(incoming).toMatchObject({
      verdict: 'not observable',
      reason: 'the proxy used a connection that was open already',
    })
  })

  test('observes nothing where nothing could be read', () => {
    const blind = buildMesh({...sample, text: (path) => (path.endsWith('config_dump.json') ? sample.text(path) : null)})
    const {verdict, branches} = verify(reviews, blind, null, blind)
    expect(verdict).toBe('not observable')
    for (const {hops, taken} of branches) {
      expect(taken).toBe('unknown')
      expect(hops.every(({verdict: own}) => own === 'not observable')).toBe(true)
    }
  })

  test('finds the answer of an Envoy by its class', () => {
    const stats = (count: number) =>
      JSON.stringify({
        stats: [
          {name: 'http.inbound_10.10.0.13_9080.downstream_rq_4xx', value: count},
          {name: 'http.admin.downstream_rq_4xx', value: 9 + count},
        ],
      })
    const toRatings = {
      pod: pods.productpage,
      cluster: 'outbound|9080|v1|ratings.default.svc.cluster.local',
      address: '10.10.0.13:9080',
    }
    const was = meanwhile({stats: {[pods.ratings]: stats(0)}})
    const after = meanwhile({
      rules: [pods.productpage, pods.ratings],
      hosts: [toRatings],
      stats: {[pods.ratings]: stats(1)},
    })
    const denied: Sent = {by: 'curl', status: 403, error: null}
    const {verdict, branches} = verify('http://ratings:9080/ratings/0', after, denied, was)
    expect(verdict).toBe('confirmed')
    expect(branches[0]?.hops.at(-1)).toMatchObject({
      place: 'proxy',
      verdict: 'confirmed',
      evidence: [{counter: 'http.inbound_10.10.0.13_9080.downstream_rq_4xx', before: 0, after: 1}],
    })
  })
})
