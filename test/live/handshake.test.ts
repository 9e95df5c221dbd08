import {chmodSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {buildMesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import {walk} from '../../src/trace/walk.js'
import {captureMesh} from './mesh/capture.js'
import {expire, makeAuthority} from './mesh/certificates.js'
import {misfits} from './mesh/compare.js'
import {makeNetwork} from './mesh/network.js'
import {observe} from './mesh/observation.js'
import {drawMesh, type MeshPlan} from './mesh/plan.js'
import {type RunningPod, startPod} from './mesh/pod.js'
import {whyNoMesh} from './mesh/tools.js'
import {seeded} from './upstream/random.js'

const missing = whyNoMesh()
if (missing !== null) console.log(`skipped, TLS handshakes: ${missing} (not there)`)

type Wrong = 'name' | 'authority' | 'time' | 'client'

/** What is wrong with the certificates of a mesh, and the details that it shows in. */
const wrongs: [Wrong, RegExp][] = [
  ['name', /SAN_matcher,_certificate_SANs_are_\[spiffe:\/\/cluster\.local\/ns\/default\/sa\/second\]/],
  ['authority', /unable_to_get_local_issuer_certificate/],
  ['time', /certificate_has_expired/],
  ['client', /TLSV1_ALERT_UNKNOWN_CA/],
]

function planWith(wrong: Wrong): MeshPlan {
  const drawn = drawMesh(seeded(9))
  const strict = (pod: MeshPlan['pods']['shop']) => ({...pod, mtls: 'STRICT' as const, allowed: null, denied: null})
  const {shop, first, second, plain} = drawn.pods
  const pods = {shop: strict(shop), first: strict(first), second: strict(second), plain: strict(plain)}
  return {...drawn, pods, ...(wrong === 'name' && {expected: first.identity})}
}

const asked = (url: string, headers: [string, string][]): TraceRequest => ({
  client: {pod: 'default/shop', uid: 1000, gid: 1000},
  url,
  method: 'GET',
  headers,
  httpVersion: '1.1',
  connectTo: null,
  proxyRequest: false,
  tls: null,
  tcp: null,
})

/** To `first`, whose certificate is right, and to `second`. */
const [toFirst, toSecond] = [
  asked('http://store:9080/v1/items', []),
  asked('http://store:9080/', [['end-user', 'jason']]),
]

async function startAll(
  wrong: Wrong,
  plan: MeshPlan,
  folder: string,
  network: Awaited<ReturnType<typeof makeNetwork>>,
) {
  mkdirSync(join(folder, 'stranger'))
  const [issue, strange] = [makeAuthority(folder), makeAuthority(join(folder, 'stranger'))]
  const pods: RunningPod[] = []
  for (const pod of Object.values(plan.pods)) {
    const namespace = network.pods.get(pod.name)
    if (!namespace) continue
    const own = issue(pod.name, pod.identity)
    const isStranger = pod.name === {authority: 'second', client: 'shop', name: '', time: ''}[wrong]
    if (wrong === 'time' && pod.name === 'second') expire(folder, pod.name)
    const issued = isStranger ? {...strange(pod.name, pod.identity), authority: own.authority} : own
    pods.push(await startPod(plan, pod, namespace, issued, folder))
  }
  return pods
}

describe.skipIf(missing !== null)('a TLS handshake between two Envoys', () => {
  it.each(wrongs)('fails as the trace says: a wrong %s', async (wrong, details) => {
    const plan = planWith(wrong)
    const folder = mkdtempSync(join(tmpdir(), 'sidetrace-tls-'))
    chmodSync(folder, 0o755)
    const network = await makeNetwork(plan)
    try {
      const pods = await startAll(wrong, plan, folder, network)
      const mesh = buildMesh(await captureMesh(plan, network, pods))
      for (const request of [toFirst, toSecond]) {
        const {branches} = walk(mesh, request)
        const seen = await observe(request, pods, network.node, 1)
        // A handshake that fails leaves no line in the log of who was called.
        const logging = branches.map((branch) => ({
          ...branch,
          hops: branch.hops.filter((hop) => hop.place !== 'proxy' || hop.outcome.kind !== 'reset'),
        }))
        expect(misfits({id: null, request, branches: logging}, seen)).toEqual([])
        const fails = request === toSecond || wrong === 'client'
        const logged = [...seen.logs.values()].flat().map((line) => String(line['details']))
        expect(fails ? [branches[0]?.outcome.details, logged.join()] : []).toEqual(
          fails ? [expect.stringMatching(details), expect.stringMatching(details)] : [],
        )
      }
    } finally {
      network.remove()
      rmSync(folder, {recursive: true, force: true})
    }
  })
})
