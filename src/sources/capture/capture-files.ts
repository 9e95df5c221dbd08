import {isSidetraceError, type SidetraceError, SourceError} from '../../errors.js'
import {type Redaction, redactFile} from '../../snapshot/redact.js'
import type {CaptureFailure, Snapshot, SnapshotDocument} from '../../snapshot/snapshot.js'
import {type AdminOptions, type AdminPoint, askBytes} from '../admin-point.js'
import {adminPaths, adminResources} from '../admin-snapshot.js'
import {decode} from '../folder.js'
import {isHelpText, isMosn, mosnFiles} from '../mosn-admin.js'
import type {SnapshotFile} from '../write-snapshot.js'
import {handedOut} from './handed-out.js'
import type {Capture, CapturePlace} from './place.js'
import {continuedDocument, folderOf, isToBeRepeated, keptFiles} from './resume.js'

export interface CaptureOptions {
  redact: boolean
  /** Places that are asked at once. */
  concurrency: number
  /** RFC 3339, what the snapshot says of its age. */
  capturedAt: string
  signal?: AbortSignal
  /** Milliseconds that an Envoy may take for the beginning of an answer, and between its pieces. */
  timeoutMs?: number | undefined
  /** A capture of the same mesh whose failures are tried again; the rest of it is kept. */
  earlier?: Earlier | undefined
  /** Told when a place is finished. */
  onPlace?: (place: CapturePlace, failures: readonly CaptureFailure[]) => void
  onRedacted?: (report: readonly Redaction[]) => void
}

/** A capture that is continued, as it was written. */
export interface Earlier {
  document: SnapshotDocument
  /** Folders of the places that it holds files of. */
  folders: ReadonlySet<string>
  /** Its files, one after the other. */
  files: () => Iterable<SnapshotFile> | AsyncIterable<SnapshotFile>
}

export const earlierOf = (snapshot: Snapshot): Earlier => ({
  document: snapshot.document,
  folders: new Set(snapshot.files().map(folderOf)),
  files: function* () {
    for (const path of snapshot.files()) yield {path, content: snapshot.bytes(path) ?? ''}
  },
})

/**
 * The files of a capture as they come in, `snapshot.json` last: it names what could not be had. A place that fails stops nothing.
 * What is held at one time is bounded by `concurrency`, not by the number of places.
 */
export async function* captureFiles(capture: Capture, options: CaptureOptions): AsyncGenerator<SnapshotFile> {
  const {earlier} = options
  const places = capture.places.filter((place) => earlier === undefined || isToBeRepeated(earlier, place.folder))
  if (earlier !== undefined) yield* keptFiles(earlier, new Set(places.map(({folder}) => folder)))
  const failures: CaptureFailure[] = []
  const refusals: SidetraceError[] = []
  let had = 0
  const ways = new Map<string, string>()
  const jobs = places.map((place) => async (put: (file: SnapshotFile) => Promise<void>) => {
    const failed: CaptureFailure[] = []
    const write = (file: string, content: Uint8Array | string) => {
      had++
      return put(cleaned({path: `${place.folder}/${file}`, content}, options))
    }
    const fail = (wanted: string, error: unknown) => {
      refusals.push(known(error))
      failed.push({place: place.folder, wanted, reason: reasonOf(known(error))})
    }
    await captureProxy(place, options, write, fail)
    await captureRules(place, write, fail, failed, ways)
    failures.push(...failed)
    options.onPlace?.(place, failed)
  })
  yield* handedOut(jobs, options.concurrency)
  // A snapshot of nothing is none: the first reason stands for all.
  if (had === 0 && earlier === undefined && refusals[0] !== undefined) throw refusals[0]
  for await (const file of capture.others()) yield cleaned(file, options)
  const document = continuedDocument(capture.document, earlier?.document, new Set(places.map(({folder}) => folder)))
  const told = withWays({...document, capturedAt: options.capturedAt, redacted: options.redact}, ways)
  const all = [...(document.failures ?? []), ...failures].sort(byPlace)
  yield cleaned({path: 'snapshot.json', content: `${JSON.stringify({...told, failures: all}, null, 1)}\n`}, options)
}

const byPlace = (a: CaptureFailure, b: CaptureFailure): number =>
  a.place < b.place ? -1 : a.place > b.place ? 1 : a.wanted < b.wanted ? -1 : 1

type Write = (file: string, content: Uint8Array | string) => Promise<void>
type Fail = (wanted: string, error: unknown) => void

/** What a proxy answers, one question after the other; without its configuration the rest tells nothing. */
async function captureProxy(
  {admin}: CapturePlace,
  {signal, timeoutMs}: CaptureOptions,
  write: Write,
  fail: Fail,
): Promise<void> {
  if (admin === null) return
  const asked = {...(signal && {signal}), ...(timeoutMs === undefined ? {} : {timeoutMs})}
  for (const resource of adminResources)
    try {
      const body = await askBytes(admin, adminPaths[resource], asked)
      if (isHelpText(body)) return await captureMosn(admin, asked, write, fail)
      await write(resource, body)
    } catch (error) {
      // A MOSN without Istio answers nothing at all to Envoy's paths, and 200.
      const isDump = resource === 'config_dump.json'
      if (isDump && saidNothing(error) && (await isMosn(admin, asked).catch(() => false)))
        return captureMosn(admin, asked, write, fail)
      fail(resource, error)
      if (isDump) return
    }
}

const saidNothing = (error: unknown): boolean =>
  error instanceof SourceError && error.failure.what.startsWith('answered')

async function captureMosn(admin: AdminPoint, asked: AdminOptions, write: Write, fail: Fail): Promise<void> {
  try {
    for (const [file, body] of await mosnFiles(admin, asked)) await write(file, body)
  } catch (error) {
    fail('mosn/config_dump.json', error)
  }
}

async function captureRules(
  {rules, folder}: CapturePlace,
  write: Write,
  fail: Fail,
  failed: CaptureFailure[],
  ways: Map<string, string>,
): Promise<void> {
  if (rules === null) return
  try {
    const {files, way, warnings} = await rules()
    ways.set(folder, way)
    for (const [file, text] of Object.entries(files)) await write(file, text)
    for (const reason of warnings) failed.push({place: folder, wanted: 'rules', reason})
  } catch (error) {
    fail('rules', error)
  }
}

/** What a source says in its own words may be kept; anything else is a mistake of ours and ends the capture. */
function known(error: unknown): SidetraceError {
  if (!isSidetraceError(error)) throw error
  return error
}

const reasonOf = ({failure: {what, where}}: SidetraceError): string => `${where}: ${what}`

function cleaned(file: SnapshotFile, {redact, onRedacted}: CaptureOptions): SnapshotFile {
  if (!redact) return file
  const text = typeof file.content === 'string' ? file.content : (decode(file.content, file.path) ?? '')
  const {value, report} = redactFile(text, file.path)
  if (report.length === 0) return file
  onRedacted?.(report)
  return {path: file.path, content: value}
}

function withWays(document: SnapshotDocument, ways: ReadonlyMap<string, string>): SnapshotDocument {
  const told = <T extends object>(facts: T, folder: string): T => {
    const rulesFrom = ways.get(folder)
    return rulesFrom === undefined ? facts : {...facts, rulesFrom}
  }
  return {
    ...document,
    pods: document.pods.map((pod) => told(pod, `pods/${pod.namespace}/${pod.name}`)),
    nodes: document.nodes.map((node) => told(node, `nodes/${node.name}`)),
  }
}
