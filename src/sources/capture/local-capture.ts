import {UsageError} from '../../errors.js'
import {podFolder} from '../../snapshot/pod-name.js'
import type {PodFacts} from '../../snapshot/snapshot.js'
import {adminPort} from '../admin-port.js'
import {podOfAdmin} from '../admin-snapshot.js'
import type {Capture, CapturePlace, PlaceFiles} from './place.js'

/** Envoys by their admin ports, and network namespaces by a process in them: `HOST:PORT[=NAMESPACE/POD]`, `PID[=NAMESPACE/POD]`. */
export interface LocalSources {
  admin: readonly string[]
  pids: readonly string[]
  /** Reads eBPF programs as the pod of a process has them, by paths in the pod's folder. */
  programs: (pid: number, pod: string) => Promise<Pick<PlaceFiles, 'files' | 'warnings'>>
}

/**
 * A capture of what this machine reaches by itself. A port and a process with one name, and a single pair without names, are one pod; an Envoy
 * without a name says its pod's.
 * @throws UsageError for what cannot be read, SourceError where an Envoy that has to say its name does not answer
 */
export async function localCapture({admin, pids, programs}: LocalSources): Promise<Capture> {
  const ports = admin.map((text) => named(text, '--admin'))
  const processes = pids.map((text) => named(text, '--pid'))
  const pods = new Map<string, {facts: PodFacts; port: string | null; pid: number | null}>()
  const entryOf = (facts: PodFacts) => {
    const folder = podFolder(facts)
    const entry = pods.get(folder) ?? {facts, port: null, pid: null}
    pods.set(folder, entry)
    return entry
  }
  for (const {value, pod} of ports) {
    const entry = entryOf(pod ?? (await podOfAdmin(value)))
    if (entry.port !== null) throw new UsageError('names a pod that has a port already', `--admin ${value}`)
    entry.port = value
  }
  const [only] = pods.values()
  for (const {value, pod} of processes) {
    const own = pod ?? (pods.size === 1 && processes.length === 1 ? only?.facts : undefined)
    const entry = entryOf(own ?? {namespace: 'default', name: `process-${value}`})
    if (entry.pid !== null) throw new UsageError('names a pod that has a process already', `--pid ${value}`)
    entry.pid = pidOf(value)
  }
  const entries = [...pods.values()]
  return {
    document: {
      apiVersion: 'sidetrace/v1',
      kind: 'Snapshot',
      pods: entries.map(({facts, port}) => (port === null ? facts : {sidecar: true, ...facts})),
      services: [],
      nodes: [],
    },
    places: entries.map((entry) => placeOf(entry, programs)),
    others: async function* () {},
  }
}

const placeOf = (
  {facts, port, pid}: {facts: PodFacts; port: string | null; pid: number | null},
  programs: LocalSources['programs'],
): CapturePlace => ({
  folder: podFolder(facts),
  admin: port === null ? null : adminPort(port),
  rules: pid === null ? null : () => rulesOfProcess(pid, `${facts.namespace}/${facts.name}`, programs),
})

async function rulesOfProcess(pid: number, pod: string, programs: LocalSources['programs']): Promise<PlaceFiles> {
  const {readNetns} = await import('../netns.js')
  const [rules, hooks] = await Promise.all([readNetns(pid), programs(pid, pod)])
  const files = {...rules.files, ...hooks.files}
  const warnings = [...rules.warnings, ...hooks.warnings]
  return {files, warnings, way: `read in the network namespace of process ${pid} on this node`}
}

function named(text: string, flag: string): {value: string; pod: PodFacts | null} {
  const [value = '', name] = text.split('=')
  if (name === undefined) return {value, pod: null}
  const [namespace = '', pod = '', ...more] = name.split('/')
  if (namespace === '' || pod === '' || more.length > 0 || [namespace, pod].some((part) => /^\.+$|[\\\0]/.test(part)))
    throw new UsageError('names no NAMESPACE/POD behind =', `${flag} ${text}`)
  return {value, pod: {namespace, name: pod}}
}

function pidOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError('is not a process id', `--pid ${text}`)
  return Number(text)
}
