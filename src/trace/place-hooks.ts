import type {Interception} from '../ebpf/interception.js'
import {type SeenFromPod, seenFromPod} from '../ebpf/parse/from-pod.js'
import {readInterception} from '../ebpf/parse/read-interception.js'
import type {Cgroup} from '../ebpf/program.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'

/** eBPF programs that see the connections of a place, and which of its processes is which to them. */
export interface PlaceHooks extends SeenFromPod {
  /** The kernel that runs them: programs of one node share their maps. */
  kernel: string
  app: Cgroup | null
  proxy: Cgroup | null
  /** The proxy's process as the programs know it: negative where none has shown itself. */
  proxyPid: number
}

/** Files of a folder of the snapshot. */
const filesIn = (snapshot: Snapshot, folder: string) => ({
  text: (file: string) => snapshot.text(`${folder}/${file}`),
  names: () =>
    snapshot
      .files()
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1)),
})

/** Reads each node's programs once; a pod's own folder may hold them where its node has none. */
export function hooksReader(snapshot: Snapshot): (facts: PodFacts) => PlaceHooks | null {
  const nodes = new Map<string, Interception | null>()
  const nodeHooks = (folder: string): Interception | null => {
    const known = nodes.get(folder)
    if (known !== undefined) return known
    const found = readInterception(filesIn(snapshot, folder))
    nodes.set(folder, found)
    return found
  }
  return (facts) => {
    const name = `${facts.namespace}/${facts.name}`
    const own = `pods/${name}/ebpf`
    const ofPod = nodeHooks(own)
    const hooks = ofPod ?? (facts.node === undefined ? null : nodeHooks(`nodes/${facts.node}/ebpf`))
    if (hooks === null || !hooks.programs.some(({role}) => role !== null)) return null
    const seen = seenFromPod(hooks, filesIn(snapshot, own), name)
    const kernel = facts.node === undefined ? fingerprint(hooks) : `node ${facts.node}`
    return {...seen, kernel, ...containersOf(seen.cgroups), proxyPid: pidOf(hooks, facts, snapshot)}
  }
}

/** Captures of one kernel by different pods have the same programs and pods, each kernel's own. */
const fingerprint = ({programs, content}: Interception): string =>
  [...programs.map(({id, tag}) => `${id} ${tag}`), ...(content.pods?.keys() ?? [])].join(', ')

/** Names of containers that hold a mesh's proxy. */
const proxyContainer = /^(istio-proxy|mosn|linkerd-proxy|kuma-sidecar|envoy)$|-proxy$/

/** Without a container's name the last part of its cgroup's path is one. */
function containersOf(cgroups: readonly Cgroup[]): Pick<PlaceHooks, 'app' | 'proxy'> {
  const nameOf = ({container, path}: Cgroup) => container ?? path.slice(path.lastIndexOf('/') + 1)
  const isProxy = (cgroup: Cgroup) => proxyContainer.test(nameOf(cgroup))
  return {app: cgroups.find((cgroup) => !isProxy(cgroup)) ?? null, proxy: cgroups.find(isProxy) ?? null}
}

/** A process that learnt this pod's address is taken for its proxy; one that did not has a number of its own. */
function pidOf({content}: Interception, {ip}: PodFacts, snapshot: Snapshot): number {
  const learnt = [...(content.processes ?? [])].find(([, address]) => address === ip)
  return learnt?.[0] ?? -1 - snapshot.document.pods.findIndex((pod) => pod.ip === ip)
}
