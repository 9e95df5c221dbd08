import {SourceError} from '../errors.js'
import {podFolder} from '../snapshot/pod-name.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {type AdminOptions, type AdminPoint, askBytes} from './admin-point.js'
import {adminPort} from './admin-port.js'
import {byteOrder, decode} from './folder.js'

/** Envoy's admin resources that a snapshot keeps, each with the path that is asked for it. */
export const adminPaths = {
  'config_dump.json': '/config_dump?include_eds',
  'clusters.json': '/clusters?format=json',
  'listeners.json': '/listeners?format=json',
  'server_info.json': '/server_info',
  'stats.json': '/stats?format=json',
  'certs.json': '/certs',
  'runtime.json': '/runtime',
} as const

/** A file of a pod's folder that an admin port answers. */
export type AdminResource = keyof typeof adminPaths

/** All that a snapshot keeps of a proxy. */
export const adminResources: readonly AdminResource[] = [
  'config_dump.json',
  'clusters.json',
  'listeners.json',
  'server_info.json',
  'stats.json',
  'certs.json',
  'runtime.json',
]

/**
 * A snapshot of one pod: the Envoy behind an admin port. Only `resources` are asked for, and `/server_info` for the
 * pod's name; a proxy that does not tell it is called by its address.
 * @throws SourceError, UsageError when any of `resources` cannot be had
 */
export async function snapshotOfAdminPort(
  hostPort: string,
  resources: readonly AdminResource[],
  options: AdminOptions = {},
): Promise<Snapshot> {
  const point = adminPort(hostPort)
  const [info, files] = await allOrNone(options.signal, (signal) => [
    serverInfo(point, {...options, signal}),
    askResources(point, resources, {...options, signal}),
  ])
  const {mosnPod} = await import('./mosn-admin.js')
  return snapshotOfPod(hostPort, mosnPod(files, hostPort) ?? podOf(info, hostPort), files)
}

/** The pod that the Envoy behind a port says it belongs to. @throws SourceError, UsageError where nothing answers */
export async function podOfAdmin(hostPort: string): Promise<PodFacts> {
  const body = await askBytes(adminPort(hostPort), adminPaths['server_info.json'])
  return podOf(parsedOrNull(body), hostPort)
}

/**
 * What a proxy answers, by file name in the pod's folder: of an Envoy all of `resources`, or none; of a MOSN its own documents, as it
 * answers 200 to every path, mostly with nothing or its help text.
 * @throws SourceError
 */
export async function askResources(
  point: AdminPoint,
  resources: readonly AdminResource[],
  options: AdminOptions = {},
): Promise<Map<string, Uint8Array>> {
  const {isHelpText, isMosn, mosnFiles} = await import('./mosn-admin.js')
  try {
    const files = await askEnvoy(point, resources, options)
    const helps = [...files.values()].some(isHelpText)
    return helps && (await isMosn(point, options)) ? await mosnFiles(point, options) : files
  } catch (error) {
    const answered = error instanceof SourceError && error.failure.what.startsWith('answered')
    if (answered && (await isMosn(point, options))) return mosnFiles(point, options)
    throw error
  }
}

async function askEnvoy(
  point: AdminPoint,
  resources: readonly AdminResource[],
  options: AdminOptions,
): Promise<Map<string, Uint8Array>> {
  const bodies = await allOrNone(options.signal, (signal) =>
    resources.map(
      async (resource) => [resource, await askBytes(point, adminPaths[resource], {...options, signal})] as const,
    ),
  )
  return new Map(bodies)
}

/** A snapshot that holds one pod. */
export function snapshotOfPod(origin: string, pod: PodFacts, found: ReadonlyMap<string, Uint8Array>): Snapshot {
  const files = new Map([...found].map(([name, body]) => [`${podFolder(pod)}/${name}`, body]))
  const bytes = (path: string) => files.get(path) ?? null
  return {
    origin,
    document: {apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods: [pod], services: [], nodes: []},
    files: () => [...files.keys()].sort(byteOrder),
    text: (path) => decode(bytes(path), `${origin}/${path}`),
    bytes,
  }
}

/** Waits for all questions; the first that fails ends the others, so that nobody waits for their time-outs. */
async function allOrNone<T extends unknown[]>(
  outer: AbortSignal | undefined,
  ask: (signal: AbortSignal) => [...{[K in keyof T]: Promise<T[K]>}],
): Promise<T> {
  const failed = new AbortController()
  try {
    return await Promise.all(ask(outer ? AbortSignal.any([outer, failed.signal]) : failed.signal))
  } catch (error) {
    failed.abort()
    throw error
  }
}

/** The answer of `/server_info` as far as it is an object; it only names the pod, so that its lack stops nothing. */
async function serverInfo(point: AdminPoint, options: AdminOptions): Promise<unknown> {
  try {
    return parsedOrNull(await askBytes(point, adminPaths['server_info.json'], options))
  } catch (error) {
    if (error instanceof SourceError) return null
    throw error
  }
}

function parsedOrNull(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString())
  } catch {
    return null
  }
}

/** Istio's node id is `role~ip~pod.namespace~domain`; any other id names the pod alone. */
function podOf(info: unknown, hostPort: string): PodFacts {
  const id = textAt(info, 'node', 'id')
  const [role, ip, name, domain] = id?.split('~') ?? []
  const parts = /^([^/\\]+)\.([^./\\]+)$/.exec(name ?? '')
  if (domain !== undefined && parts?.[1] && parts[2] && ip !== undefined && role !== undefined)
    return {namespace: parts[2], name: parts[1], ip, role, sidecar: role === 'sidecar'}
  const own = (id ?? '').replace(/[/\\\0]/g, '_')
  return {namespace: 'default', name: own === '' || own === '.' || own === '..' ? hostPort.replace(/[/\\]/g, '_') : own}
}

/** The text at a path of members, or undefined where there is none. */
function textAt(value: unknown, ...path: string[]): string | undefined {
  let here: unknown = value
  for (const name of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, name) : undefined
  return typeof here === 'string' ? here : undefined
}
