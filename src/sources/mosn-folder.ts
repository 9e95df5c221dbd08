import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {fileError} from './file-error.js'
import {byteOrder, decode} from './folder.js'

/** A dump of a MOSN and the pod that it is taken to stand for. */
interface DumpedPod {
  pod: PodFacts
  /** Files of the pod's folder by their names in it. */
  files: Map<string, string>
}

/**
 * A folder of MOSN dumps without a `snapshot.json`, as a snapshot: each dump (`caller.json`, or `caller/config_dump.json` with what was
 * captured beside it) is a pod of its own, called by the file or the folder, with the address that its listeners name. Null where the
 * folder holds no such dump.
 * @throws SourceError, DataError
 */
export function snapshotOfMosnFolder(folder: string): Snapshot | null {
  if (existsSync(join(folder, 'snapshot.json'))) return null
  const dumped = [...dumpsOf(folder), ...subfoldersOf(folder)]
  if (dumped.length === 0) return null
  const paths = new Map(
    dumped.flatMap(({pod, files}) =>
      [...files].map(([name, path]): [string, string] => [`pods/${pod.namespace}/${pod.name}/${name}`, path]),
    ),
  )
  const bytes = (path: string) => {
    const file = paths.get(path)
    return file === undefined ? null : read(file)
  }
  return {
    origin: folder,
    document: {
      apiVersion: 'sidetrace/v1',
      kind: 'Snapshot',
      pods: dumped.map(({pod}) => pod),
      services: [],
      nodes: [],
    },
    files: () => [...paths.keys()].sort(byteOrder),
    text: (path) => decode(bytes(path), `${folder}/${path}`),
    bytes,
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileError(error, path)
  }
}

function entries(folder: string): {name: string; isFolder: boolean}[] {
  try {
    return readdirSync(folder, {withFileTypes: true})
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => ({name: entry.name, isFolder: entry.isDirectory()}))
      .sort((a, b) => byteOrder(a.name, b.name))
  } catch (error) {
    throw fileError(error, folder)
  }
}

function dumpsOf(folder: string): DumpedPod[] {
  return entries(folder).flatMap(({name, isFolder}) => {
    if (isFolder || !name.endsWith('.json')) return []
    const path = join(folder, name)
    const document = mosnDocument(path)
    if (document === null) return []
    return [{pod: podOf(basename(name, '.json'), document), files: new Map([['mosn/config_dump.json', path]])}]
  })
}

function subfoldersOf(folder: string): DumpedPod[] {
  return entries(folder).flatMap(({name, isFolder}) => {
    const path = join(folder, name, 'config_dump.json')
    if (!isFolder || !existsSync(path)) return []
    const document = mosnDocument(path)
    if (document === null) return []
    const beside = entries(join(folder, name))
      .filter((entry) => !entry.isFolder && entry.name !== 'config_dump.json')
      .map((entry): [string, string] => [placeOf(entry.name), join(folder, name, entry.name)])
    return [{pod: podOf(name, document), files: new Map([['mosn/config_dump.json', path], ...beside])}]
  })
}

const ofMosn = new Set(['stats.json', 'stats.txt', 'states.txt', 'version.txt'])

/** MOSN's own answers lie in its folder, what the pod's namespace told beside it. */
const placeOf = (name: string): string => (ofMosn.has(name) ? `mosn/${name.replace('stats.txt', 'stats.json')}` : name)

interface Fields {
  readonly [name: string]: unknown
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The document where it is MOSN's whole dump or configuration file; broken and other JSON is passed over. */
function mosnDocument(path: string): Fields | null {
  try {
    const document: unknown = JSON.parse(Buffer.from(read(path)).toString('utf8'))
    return isFields(document) && ('mosn_config' in document || Array.isArray(document['servers'])) ? document : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The address of the pod is that of a listener on neither loopback nor any address. */
function podOf(name: string, document: Fields): PodFacts {
  const ip = listenersOf(document)
    .filter((listener) => listener['bind_port'] === true)
    .flatMap((listener) => /^(\d+(?:\.\d+){3}):\d+$/.exec(String(listener['address'] ?? ''))?.[1] ?? [])
    .find((address) => !address.startsWith('127.') && address !== '0.0.0.0')
  return {namespace: 'default', name, ...(ip === undefined ? {} : {ip})}
}

function listenersOf(document: Fields): Fields[] {
  const keyed = document['listener']
  if (isFields(keyed)) return Object.values(keyed).filter(isFields)
  const servers: unknown[] = Array.isArray(document['servers']) ? document['servers'] : []
  return servers.flatMap((server) => {
    const listeners: unknown = isFields(server) ? server['listeners'] : null
    return Array.isArray(listeners) ? listeners.filter(isFields) : []
  })
}
