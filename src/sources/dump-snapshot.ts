import {readFileSync} from 'node:fs'
import {basename} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {UsageError} from '../errors.js'
import {podFolder} from '../snapshot/pod-name.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {fileError} from './file-error.js'
import {decode} from './folder.js'

/**
 * A snapshot of one pod, of which nothing but its proxy's configuration dump is known: the file at `path`, gzipped or not.
 * @throws SourceError when it cannot be read, UsageError for standard input, where the keys of a screen come from
 */
export function snapshotOfDump(path: string): Snapshot {
  if (path === '-') throw new UsageError('is where the keys come from', '-f -', 'Write the dump to a file first')
  const bytes = read(path)
  const pod = podIn(bytes, path)
  const file = `${podFolder(pod)}/config_dump.json`
  return {
    origin: path,
    document: {apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods: [pod], services: [], nodes: []},
    files: () => [file],
    text: (asked) => (asked === file ? decode(bytes, path) : null),
    bytes: (asked) => (asked === file ? bytes : null),
  }
}

function read(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path)
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  } catch (error) {
    throw fileError(error, path)
  }
}

/** The bootstrap stands first in a dump, and near its beginning the node's id. */
const beginning = 1 << 20

/** Istio's node id is `role~ip~pod.namespace~domain`; a dump without one is called by its file. */
function podIn(bytes: Uint8Array, path: string): PodFacts {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, beginning)).toString('latin1')
  const found = /"id":\s*"(sidecar|router)~([0-9a-fA-F.:]+)~([^"~./\\]+)\.([^"~./\\]+)~/.exec(text)
  if (found === null) return {namespace: 'default', name: basename(path).replace(/\.json(?:\.gz)?$/, '') || 'proxy'}
  const [, role = '', ip = '', name = '', namespace = ''] = found
  return {namespace, name, ip, role, sidecar: role === 'sidecar'}
}
