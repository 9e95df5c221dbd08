import {lacking} from './place-files.js'
import {podFolder} from './pod-name.js'
import {type ProxyVersion, proxyVersionOf} from './proxy-version.js'
import type {CaptureFailure, NodeFacts, OutsideHost, PodFacts, ServiceFacts, Snapshot} from './snapshot.js'

/** A place of the snapshot with what was captured of it. */
interface Captured {
  /** Names inside the place's folder, in byte order. */
  files: string[]
  /** What the capture does not tell, in words. */
  absent: string[]
}

export interface PodContents extends Omit<PodFacts, 'labels' | 'annotations'>, Captured {
  /** Null where no proxy was captured or it does not tell. */
  proxyVersion: ProxyVersion | null
}

/** What a snapshot holds, and what it lacks: the document of `snapshot show`. */
export interface SnapshotContents {
  apiVersion: 'sidetrace/v1'
  kind: 'SnapshotContents'
  origin: string
  name: string | null
  capturedAt: string | null
  notes: string | null
  pods: PodContents[]
  nodes: (NodeFacts & Captured)[]
  services: ServiceFacts[]
  /** What DNS answers; null where the capture does not tell. */
  hosts: Record<string, string[]> | null
  outside: (OutsideHost & Pick<Captured, 'files'>)[]
  /** What the capture asked for and did not get. */
  failures: CaptureFailure[]
  /** Whether secrets were taken out; null where the capture does not say. */
  redacted: boolean | null
  /** Objects that the mesh is configured by, by file. */
  objects: string[]
}

/** Lists a snapshot. Only what tells a proxy's version is read. */
export function contentsOf(snapshot: Snapshot): SnapshotContents {
  const {document, origin} = snapshot
  const filesOf = filesByFolder(snapshot.files())
  return {
    apiVersion: 'sidetrace/v1',
    kind: 'SnapshotContents',
    origin,
    name: document.name ?? null,
    capturedAt: document.capturedAt ?? null,
    notes: document.notes ?? null,
    pods: document.pods.map((pod) => {
      const mosn = filesOf(`${podFolder(pod)}/mosn`).map((file) => `mosn/${file}`)
      return podContents(snapshot, pod, [...filesOf(podFolder(pod)), ...mosn].sort())
    }),
    nodes: document.nodes.map((node) => {
      const files = filesOf(`nodes/${node.name}`)
      return {...node, files, absent: lacking(files, false)}
    }),
    services: document.services,
    hosts: document.hosts ?? null,
    outside: (document.outside ?? []).map((host) => ({...host, files: filesOf(`hosts/${host.name}`)})),
    failures: document.failures ?? [],
    redacted: document.redacted ?? null,
    objects: snapshot.files().filter((path) => path.startsWith('objects/')),
  }
}

function podContents(snapshot: Snapshot, pod: PodFacts, files: string[]): PodContents {
  const {labels: _labels, annotations: _annotations, ...facts} = pod
  const hasProxy = pod.role === undefined ? pod.sidecar !== false : pod.role !== 'none'
  return {...facts, proxyVersion: proxyVersionOf(snapshot, podFolder(pod)), files, absent: lacking(files, hasProxy)}
}

/** What bpftool told of a place lies in a folder of its own there. */
const withoutEbpf = (folder: string): string =>
  /^(?:pods\/[^/]+\/[^/]+|nodes\/[^/]+)\/ebpf$/.test(folder) ? folder.slice(0, -'/ebpf'.length) : folder

/** Answers a place's files; all paths are looked at once. */
function filesByFolder(paths: string[]): (folder: string) => string[] {
  const byFolder = new Map<string, string[]>()
  for (const path of paths) {
    const folder = withoutEbpf(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    const name = path.slice(folder.length + 1)
    const names = byFolder.get(folder)
    if (names) names.push(name)
    else byFolder.set(folder, [name])
  }
  return (folder) => byFolder.get(folder) ?? []
}
