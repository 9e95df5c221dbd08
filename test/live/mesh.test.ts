import {chmodSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {buildMesh} from '../../src/trace/mesh.js'
import type {Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {captureMesh} from './mesh/capture.js'
import {makeAuthority} from './mesh/certificates.js'
import {misfits} from './mesh/compare.js'
import {makeNetwork} from './mesh/network.js'
import {observe} from './mesh/observation.js'
import {drawMesh} from './mesh/plan.js'
import {type RunningPod, startPod} from './mesh/pod.js'
import {drawRequest} from './mesh/question.js'
import {whyNoMesh} from './mesh/tools.js'
import {seeded} from './upstream/random.js'

const missing = whyNoMesh()
if (missing !== null) console.log(`skipped, the live mesh: ${missing} (not there)`)

const seed = Number(process.env['ORACLE_SEED'] ?? 7)
/** Meshes drawn from seeds in sequence, and requests sent through each. */
const [meshes, requestsEach] = [3, 110]

const fewestProxies = ({branches}: Trace): number =>
  Math.min(...branches.map(({hops}) => hops.filter(({place}) => place === 'proxy').length))

describe.skipIf(missing !== null)('a mesh of real Envoys and real rules', () => {
  it.each(Array.from({length: meshes}, (_, index) => seed * 1000 + index))(
    'does with every request what the trace says, seed %i',
    async (own) => {
      const random = seeded(own)
      const plan = drawMesh(random)
      const folder = mkdtempSync(join(tmpdir(), 'sidetrace-mesh-'))
      chmodSync(folder, 0o755)
      const network = await makeNetwork(plan)
      try {
        const issue = makeAuthority(folder)
        const pods: RunningPod[] = []
        for (const pod of Object.values(plan.pods)) {
          const namespace = network.pods.get(pod.name)
          if (namespace) pods.push(await startPod(plan, pod, namespace, issue(pod.name, pod.identity), folder))
        }
        const mesh = buildMesh(await captureMesh(plan, network, pods))
        const wrong: string[] = []
        for (let index = 0; index < requestsEach; index++) {
          const request = drawRequest(random, plan, `${own}-${index}`)
          const trace = walk(mesh, request)
          const found = misfits(trace, await observe(request, pods, network.node, fewestProxies(trace)))
          if (found.length > 0) wrong.push(`${JSON.stringify(request)}\n  ${found.join('\n  ')}`)
        }
        console.log(`live mesh, seed ${own}: ${requestsEach - wrong.length} of ${requestsEach} requests as traced`)
        expect(wrong).toEqual([])
      } finally {
        network.remove()
        rmSync(folder, {recursive: true, force: true})
      }
    },
  )
})
