import {readFileSync} from 'node:fs'
import {gunzipSync} from 'node:zlib'
import {DataError, isSidetraceError, UsageError} from '../errors.js'
import {mosnDocumentKind} from '../mosn/parse/shape.js'
import {podFolder} from '../snapshot/pod-name.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {kindByBeginning, kindByMember} from '../sources/dump-kind.js'
import {fileError} from '../sources/file-error.js'
import {longestText, parseLongDump} from '../sources/long-document.js'
import {type ConfigDump, parseConfigDump} from '../xds/parse/config-dump.js'
import {isObject} from '../xds/parse/field.js'
import type {Proxy as Envoy, ProxyState} from '../xds/proxy.js'
import {type ClusterFlags, clusterFlags, inNamespace, openLivePod} from './cluster-flags.js'
import {Flags} from './oclif.js'

/** The flags that say which Envoy is asked: a dump's file, a pod of a snapshot, or an admin port. */
export const proxySourceFlags = {
  file: Flags.string({
    char: 'f',
    summary: 'Answer of Envoy’s /config_dump?include_eds or of MOSN’s /api/v1/config_dump, also gzipped; - for stdin.',
    helpValue: 'FILE',
    exclusive: ['from', 'admin'],
  }),
  from: Flags.string({
    summary: 'Snapshot folder, a .tar.gz of one, or the word sample.',
    helpValue: 'SNAPSHOT',
    exclusive: ['admin'],
    dependsOn: ['pod'],
  }),
  pod: Flags.string({
    summary: 'The pod whose Envoy is asked: of the snapshot, or without --from of the running cluster.',
    helpValue: '[TYPE/]NAME[.NS]',
    exclusive: ['file', 'admin'],
  }),
  admin: Flags.string({summary: 'Admin port of a running Envoy or MOSN.', helpValue: 'HOST:PORT'}),
  ...clusterFlags,
}

export interface ProxySourceFlags extends ClusterFlags {
  file?: string | undefined
  from?: string | undefined
  pod?: string | undefined
  admin?: string | undefined
}

/** Where a proxy's configuration came from. */
interface Origin {
  /** The snapshot, and the pod of it, where it came from one. */
  snapshot: Snapshot | null
  pod: PodFacts | null
}

/** An Envoy to ask. */
export interface ProxySource extends Origin {
  proxy: Envoy
}

/** A proxy of either kind: an Envoy, or the dump of a MOSN as it was read. */
export type AnyProxySource =
  | (ProxySource & {kind: 'envoy'})
  | (Origin & {kind: 'mosn'; document: unknown; name: string})

/** Opens the Envoy that the flags name. @throws UsageError, SourceError, DataError */
export async function openProxy(flags: ProxySourceFlags): Promise<ProxySource> {
  const source = await openAnyProxy(flags)
  if (source.kind === 'mosn') throw new DataError('is a dump of a MOSN proxy', source.name, wanted)
  return source
}

/** Opens the proxy that the flags name, of either kind. @throws UsageError, SourceError, DataError */
export async function openAnyProxy(flags: ProxySourceFlags): Promise<AnyProxySource> {
  if (flags.file !== undefined) return proxyOfFile(flags.file)
  if (flags.admin !== undefined) {
    const {snapshotOfAdminPort} = await import('../sources/admin-snapshot.js')
    const snapshot = await snapshotOfAdminPort(flags.admin, adminResources)
    return ofSnapshot(snapshot, snapshot.document.pods[0])
  }
  if (flags.pod === undefined)
    throw new UsageError(
      'no Envoy is named',
      'match',
      'Give --pod POD of the cluster, --from SNAPSHOT --pod POD, -f FILE, or --admin HOST:PORT',
    )
  if (flags.from === undefined) return proxyOfPod(flags.pod, flags)
  const [{openSnapshot}, {findPod}] = await Promise.all([
    import('../sources/open-snapshot.js'),
    import('../snapshot/pod-name.js'),
  ])
  const snapshot = await openSnapshot(flags.from)
  return ofSnapshot(snapshot, findPod(snapshot.document, inNamespace(flags.pod, flags.namespace)))
}

async function proxyOfPod(name: string, flags: ClusterFlags): Promise<AnyProxySource> {
  const {cluster, pod, point} = await openLivePod(name, flags)
  const [{askResources, snapshotOfPod}, {podFacts}] = await Promise.all([
    import('../sources/admin-snapshot.js'),
    import('../sources/kubernetes/pod-facts.js'),
  ])
  const facts = pod.object === null ? {namespace: pod.namespace, name: pod.name} : podFacts(pod.object)
  const files = await askResources(point, adminResources)
  return ofSnapshot(snapshotOfPod(`cluster ${cluster.context}`, facts, files), facts)
}

const adminResources = ['config_dump.json', 'clusters.json', 'server_info.json', 'runtime.json'] as const

async function proxyOfFile(path: string): Promise<AnyProxySource> {
  const name = path === '-' ? 'standard input' : path
  const document = parseJson(await readBytes(path, name), name)
  const origin = {snapshot: null, pod: null}
  if (mosnDocumentKind(document) !== null) return {...origin, kind: 'mosn', document, name}
  return {...origin, kind: 'envoy', proxy: {dump: parseDump(document, name), state: {}}}
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    const bytes = path === '-' ? await readStandardInput() : readFileSync(path)
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  } catch (error) {
    throw isSidetraceError(error) ? error : fileError(error, name)
  }
}

/** Read as a stream: a pipe that is slower than we are would fail a synchronous read (EAGAIN). */
async function readStandardInput(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of process.stdin) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Parses a config dump. What is none is called what it looks like: an HTML page, an iptables-save file, other admin answers. */
function parseDump(document: unknown, name: string): ConfigDump {
  const [kind] =
    isObject(document) && !('configs' in document)
      ? Object.keys(document).flatMap((key) => kindByMember(key) ?? [])
      : []
  if (kind !== undefined) throw new DataError(`is ${kind}`, name, wanted)
  return parseConfigDump(document, name)
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  if (bytes.length > longestText) return parseLongDump(bytes, name)
  const text = Buffer.from(bytes)
    .toString()
    .replace(/^\ufeff/, '')
  if (text.trim() === '') throw new DataError('is empty', name, wanted)
  try {
    return JSON.parse(text)
  } catch (error) {
    const isJson = /^[\s]*[{[]/.test(text)
    throw new DataError(isJson ? 'is broken JSON; it may be cut off' : kindByBeginning(bytes), name, wanted, {
      cause: error,
    })
  }
}

const wanted = 'Pass the answer of Envoy’s /config_dump?include_eds'

function ofSnapshot(snapshot: Snapshot, pod: PodFacts | undefined): AnyProxySource {
  if (!pod) throw new DataError('has no pod', snapshot.origin)
  const path = (file: string) => `${podFolder(pod)}/${file}`
  const file = [path('mosn/config_dump.json'), path('config_dump.json')].find((name) => snapshot.bytes(name) !== null)
  const text = file === undefined ? null : snapshot.text(file)
  if (file === undefined || text === null)
    throw new DataError(
      'has no Envoy configuration in the snapshot',
      `${pod.namespace}/${pod.name}`,
      'Choose a pod with a proxy',
    )
  const document = parseJson(Buffer.from(text), file)
  if (mosnDocumentKind(document) !== null) return {kind: 'mosn', document, name: file, snapshot, pod}
  return {kind: 'envoy', proxy: {dump: parseDump(document, file), state: stateOf(snapshot, path)}, snapshot, pod}
}

function stateOf(snapshot: Snapshot, path: (file: string) => string): ProxyState {
  const state: ProxyState = {}
  const files = {
    clusters: 'clusters.json',
    serverInfo: 'server_info.json',
    runtime: 'runtime.json',
    certs: 'certs.json',
  } as const
  for (const [member, file] of Object.entries(files)) {
    const text = snapshot.text(path(file))
    if (text !== null) Object.assign(state, {[member]: parseJson(Buffer.from(text), path(file))})
  }
  return state
}
