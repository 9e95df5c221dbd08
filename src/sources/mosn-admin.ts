import {SourceError} from '../errors.js'
import type {PodFacts} from '../snapshot/snapshot.js'
import {type AdminAnswer, type AdminOptions, type AdminPoint, askBytes, checkedPieces} from './admin-point.js'

/** MOSN says this in answer to `/api/v1/version`, whatever its version; Envoy answers 404. */
const versionLine = /^mosn version:/

/** Whether an admin interface is MOSN's. It answers 200 to any path, so that no status tells. */
export async function isMosn(point: AdminPoint, options: AdminOptions = {}): Promise<boolean> {
  const answer = await point.ask('/api/v1/version', options)
  const text = Buffer.concat(await all(answer)).toString('utf8')
  return answer.status === 200 && versionLine.test(text)
}

async function all({body}: AdminAnswer): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return pieces
}

/** MOSN writes all its answers as plain text, JSON too; what Envoy answers here is JSON by its type. */
const isPlainText = ({contentType}: Pick<AdminAnswer, 'contentType'>): boolean => /^text\/plain\b/.test(contentType)

/**
 * Asks for `path`, which is Envoy's; where plain text answers, as a MOSN does, for MOSN's own dump. One that speaks Istio's xDS has
 * an Envoy-shaped dump as well, but endpoints in its own alone.
 * @throws SourceError
 */
export async function* mosnOrOther(point: AdminPoint, path: string): AsyncGenerator<Uint8Array> {
  const answer = await point.ask(path)
  if (answer.status === 200 && isPlainText(answer) && (await isMosn(point))) {
    yield await askBytes(point, '/api/v1/config_dump')
    return
  }
  yield* checkedPieces(answer, point, path)
}

/** A text that a MOSN has; null where it does not answer it. */
export async function mosnText(point: AdminPoint, path: string, options: AdminOptions = {}): Promise<string | null> {
  try {
    return Buffer.from(await askBytes(point, path, options)).toString('utf8')
  } catch (error) {
    if (error instanceof SourceError) return null
    throw error
  }
}

/** What MOSN answers to a path that it does not have. */
export const isHelpText = (body: Uint8Array): boolean =>
  Buffer.from(body.subarray(0, 64)).toString().startsWith('supported APIs:')

/** The files that a pod's folder keeps of a MOSN, each with the path that is asked for it; only the first has to be there. */
const mosnPaths = {
  'mosn/config_dump.json': '/api/v1/config_dump',
  'mosn/stats.json': '/api/v1/stats',
  'mosn/states.txt': '/api/v1/states',
  'mosn/version.txt': '/api/v1/version',
} as const

/** The Envoy-shaped dump of a MOSN that speaks Istio's xDS: what it was sent, before MOSN converted it. */
const envoyShaped = 'mosn/envoy_config_dump.json'

/** All that a snapshot keeps of a MOSN, by names in the pod's folder. @throws SourceError where it has no dump */
export async function mosnFiles(point: AdminPoint, options: AdminOptions = {}): Promise<Map<string, Uint8Array>> {
  const {'mosn/config_dump.json': dumpPath, ...others} = mosnPaths
  const files = new Map([['mosn/config_dump.json', await askBytes(point, dumpPath, options)]])
  for (const [name, path] of Object.entries(others)) {
    const text = await mosnText(point, path, options)
    if (text !== null) files.set(name, Buffer.from(text))
  }
  const shaped = await mosnText(point, '/config_dump', options)
  if (shaped?.includes('"dynamic_') === true) files.set(envoyShaped, Buffer.from(shaped))
  return files
}

/** A MOSN is called by its `mosn_server_name`, else by its address; null for files that are of no MOSN. */
export function mosnPod(files: ReadonlyMap<string, Uint8Array>, hostPort: string): PodFacts | null {
  const dump = files.get('mosn/config_dump.json')
  if (dump === undefined) return null
  const name = /"mosn_server_name"\s*:\s*"([\w.-]+)"/.exec(Buffer.from(dump).toString('utf8'))?.[1]
  return {namespace: 'default', name: name ?? hostPort.replace(/[/\\]/g, '_')}
}
