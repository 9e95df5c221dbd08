import type {PodFacts, Snapshot} from '../../../src/snapshot/snapshot.js'
import {readNetns} from '../../../src/sources/netns.js'
import type {Namespace} from '../sources/namespace.js'
import type {Network} from './network.js'
import {type MeshPlan, type PodPlan, serviceAddresses} from './plan.js'
import {ownerOf, type RunningPod} from './pod.js'

const nodeName = 'node1'

const factsOf = (plan: PodPlan): PodFacts => ({
  namespace: 'default',
  name: plan.name,
  ip: plan.ip,
  node: nodeName,
  role: plan.interception === 'none' ? 'none' : 'sidecar',
  ...(plan.interception !== 'none' && {proxyUid: ownerOf(plan).uid, proxyGid: ownerOf(plan).gid}),
  appUid: 1000,
})

const adminFiles: [string, string][] = [
  ['config_dump.json', '/config_dump?include_eds'],
  ['clusters.json', '/clusters?format=json'],
  ['server_info.json', '/server_info'],
  ['certs.json', '/certs'],
]

const ask = (namespace: Namespace, path: string): string =>
  namespace.run('curl', ['-sS', `http://127.0.0.1:15000${path}`])

/** The running mesh as a snapshot, taken by the tool's own sources. */
export async function captureMesh(mesh: MeshPlan, network: Network, pods: readonly RunningPod[]): Promise<Snapshot> {
  const files = new Map<string, string>()
  const take = async (folder: string, {pid}: Namespace) => {
    const capture = await readNetns(pid)
    for (const [file, text] of Object.entries(capture.files)) files.set(`${folder}/${file}`, text)
  }
  await take(`nodes/${nodeName}`, network.node)
  for (const {plan, namespace} of pods) {
    const folder = `pods/default/${plan.name}`
    await take(folder, namespace)
    if (plan.interception !== 'none')
      for (const [file, path] of adminFiles) files.set(`${folder}/${file}`, ask(namespace, path))
  }
  return {
    origin: 'live',
    document: {
      apiVersion: 'sidetrace/v1',
      kind: 'Snapshot',
      capturedAt: new Date().toISOString(),
      pods: Object.values(mesh.pods).map(factsOf),
      services: [],
      nodes: [{name: nodeName, ip: '10.244.77.1'}],
      hosts: Object.fromEntries(Object.entries(serviceAddresses).map(([name, ip]) => [name, [ip]])),
    },
    files: () => [...files.keys()].sort(),
    text: (path) => files.get(path) ?? null,
    bytes: (path) => {
      const text = files.get(path)
      return text === undefined ? null : new TextEncoder().encode(text)
    },
  }
}
