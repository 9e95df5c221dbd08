import {readFileSync} from 'node:fs'
import {beforeAll, describe, expect, it} from 'vitest'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import {parseTraceRequest} from '../../src/trace/parse-request.js'
import type {Hop, ProxyHop, TraceBranch} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'

/** What one Envoy's access log said of the request. */
interface RecordedProxy {
  none?: true
  pod?: string
  listener?: string
  filter_chain?: string
  route?: string
  cluster?: string
  response_flags?: string[]
}

/** A request that was really sent through the sample's mesh, and what was seen of it. */
interface Recorded {
  desc: string
  request: unknown
  expect: {
    outcome?: {kinds: string[]; status: number | null; details: string | null}
    by?: {pods: string[] | null; addresses: string[] | null}
    client_proxy?: RecordedProxy
    server_proxy?: RecordedProxy
    recorded_endpoint?: string
    client_netns_rules?: string[]
    branches?: {probability: number; cluster?: string; server?: string}[]
  }
}

const file = new URL('../fixtures/bookinfo/requests.jsonl', import.meta.url)
const recorded = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line): Recorded => JSON.parse(line))

let mesh: Mesh
beforeAll(async () => {
  mesh = buildMesh(await openSnapshot('sample'))
})

const proxies = (hops: readonly Hop[]) => hops.filter((hop): hop is ProxyHop => hop.place === 'proxy')

function misfitsOfProxy(hop: ProxyHop | undefined, want: RecordedProxy): string[] {
  if (want.none) return hop === undefined ? [] : ['a proxy where there was none']
  if (hop === undefined) return ['no proxy']
  const pairs: [string, string | undefined, string | null | undefined][] = [
    ['listener', want.listener, hop.listener],
    ['filter chain', want.filter_chain, hop.filterChain?.name],
    ['route', want.route, hop.route?.name],
    ['cluster', want.cluster, hop.cluster],
  ]
  const wrong = pairs.flatMap(([member, wanted, got]) =>
    wanted && wanted !== got ? [`${member} ${got}, recorded ${wanted}`] : [],
  )
  const flags = want.response_flags
  return flags && !flags.includes(hop.outcome.responseFlags) ? [...wrong, `flags ${hop.outcome.responseFlags}`] : wrong
}

/** What a branch says otherwise than the record does. */
function misfits({outcome, hops}: TraceBranch, {request, expect: want}: Recorded): string[] {
  const {client} = parseTraceRequest(request, 'fixture')
  const wrong: string[] = []
  if (want.outcome && !want.outcome.kinds.includes(outcome.kind)) wrong.push(`outcome ${outcome.kind}`)
  if (
    want.outcome &&
    outcome.kind === 'responded' &&
    want.outcome.status !== null &&
    outcome.status !== want.outcome.status
  )
    wrong.push(`status ${outcome.status}`)
  if (want.by?.pods && !want.by.pods.includes(outcome.by?.pod ?? '')) wrong.push(`by ${outcome.by?.pod}`)
  if (want.by?.addresses && !want.by.addresses.includes(outcome.by?.address ?? ''))
    wrong.push(`at ${outcome.by?.address}`)
  const own = proxies(hops).find(({pod, direction}) => pod === client.pod && direction !== 'inbound')
  if (want.client_proxy) wrong.push(...misfitsOfProxy(own, want.client_proxy))
  const server = proxies(hops).findLast(
    (hop) => hop !== own && (hop.direction === 'inbound' || hop.pod === want.server_proxy?.pod),
  )
  if (want.server_proxy) wrong.push(...misfitsOfProxy(server, want.server_proxy))
  const firstProxy = hops.findIndex(({place}) => place === 'proxy')
  const leaving = hops
    .slice(0, firstProxy < 0 ? hops.length : firstProxy)
    .flatMap((hop) => (hop.place === 'netns' && hop.crossing.startsWith('app-to-') ? hop.rules : []))
  if (want.client_netns_rules && leaving.join() !== want.client_netns_rules.join())
    wrong.push(`rules ${leaving.join()}`)
  return wrong
}

describe('requests that were really sent through the mesh of the sample', () => {
  it.each(recorded.map((record): [string, Recorded] => [record.desc, record]))('%s', (_, record) => {
    const {branches} = walk(mesh, parseTraceRequest(record.request, 'fixture'))
    const best = branches.map((branch) => misfits(branch, record)).sort((a, b) => a.length - b.length)[0]
    expect(best).toEqual([])
  })

  it('come with the shares that the configuration states', () => {
    const weighted = recorded.filter(({expect: {branches}}) => branches !== undefined)
    expect(weighted.length).toBeGreaterThan(0)
    for (const record of weighted) {
      const {branches} = walk(mesh, parseTraceRequest(record.request, 'fixture'))
      for (const want of record.expect.branches ?? []) {
        const goesThere = ({hops, outcome}: TraceBranch) =>
          want.cluster ? proxies(hops).some(({cluster}) => cluster === want.cluster) : outcome.by?.pod === want.server
        const share = branches.filter(goesThere).reduce((sum, {probability}) => sum + probability, 0)
        expect(share, `${record.desc}: ${want.cluster ?? want.server}`).toBeCloseTo(want.probability, 2)
      }
    }
  })
})
