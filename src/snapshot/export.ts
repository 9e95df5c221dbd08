import {DataError, SourceError} from '../errors.js'
import {podFolder, podId} from './pod-name.js'
import {type Redacted, type Redaction, redactDocument, redactFile} from './redact.js'
import {cutDump, type SectionName, sections} from './section.js'
import type {PodFacts, Snapshot} from './snapshot.js'

/** What is asked to leave the machine. */
export interface Selection {
  /** One pod, or null for the whole. */
  pod: PodFacts | null
  /** One section of every place, or null for all files. */
  section: SectionName | null
  /** Secrets are taken out. */
  redact: boolean
}

/** A file of an export as it is to be written. */
export interface ExportedFile {
  path: string
  content: string | Uint8Array
  report: Redaction[]
}

/** The document of an export: the snapshot's own document, and every file by its path, JSON as JSON and the rest as text. */
export interface SnapshotExport {
  apiVersion: 'sidetrace/v1'
  kind: 'SnapshotExport'
  snapshot: unknown
  files: Record<string, unknown>
}

/**
 * The files that `selection` takes, `snapshot.json` first, one at a time: a snapshot may be larger than memory.
 * @throws SourceError (missing) when a pod or section was asked for that was not captured
 */
export function* exportFiles(snapshot: Snapshot, selection: Selection): Generator<ExportedFile> {
  const document = documentText(snapshot, selection.pod)
  yield {path: 'snapshot.json', ...cleaned(document, 'snapshot.json', selection.redact)}
  let taken = 0
  for (const path of selectedPaths(snapshot, selection)) {
    const file = exportFile(snapshot, path, selection)
    if (file === null) continue
    taken++
    yield file
  }
  if (taken === 0 && selection.section !== null) throw notCaptured(snapshot, selection)
}

/** The same as one document. */
export function exportDocument(snapshot: Snapshot, selection: Selection): Redacted<unknown> {
  const report: Redaction[] = []
  const contents = new Map<string, unknown>()
  for (const file of exportFiles(snapshot, selection)) {
    report.push(...file.report)
    contents.set(file.path, contentOf(file))
  }
  const {pod, section} = selection
  if (pod !== null && section !== null) return {value: sectionOf(contents, pod, section), report}
  const {'snapshot.json': document, ...files} = Object.fromEntries(contents)
  return {value: {apiVersion: 'sidetrace/v1', kind: 'SnapshotExport', snapshot: document, files}, report}
}

/** One section of one pod stands for itself: a dump of Envoy's stays one, several files are members by name. */
function sectionOf(contents: Map<string, unknown>, pod: PodFacts, section: SectionName): unknown {
  const folder = `${podFolder(pod)}/`
  const files = [...contents].filter(([path]) => path.startsWith(folder))
  const isOne = !['rules', 'network'].includes(section)
  return isOne
    ? files[0]?.[1]
    : Object.fromEntries(files.map(([path, content]) => [path.slice(folder.length), content]))
}

/** JSON files as what they say; a JSON file that does not parse, and any other, as text. */
function contentOf({path, content}: ExportedFile): unknown {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
  return path.endsWith('.json') ? (parsed(text) ?? text) : text
}

function selectedPaths(snapshot: Snapshot, {pod, section}: Selection): string[] {
  const folders = pod === null ? null : [podFolder(pod), ...(section === null ? placesAround(pod) : [])]
  return snapshot
    .files()
    .filter((path) => path !== 'snapshot.json')
    .filter((path) => folders === null || folders.some((folder) => path.startsWith(`${folder}/`)))
    .filter(
      (path) =>
        section === null || (path.includes('/') && sections[section].holds(path.slice(path.lastIndexOf('/') + 1))),
    )
}

/** What one pod's traces need beside the pod: its node. */
const placesAround = (pod: PodFacts): string[] => (pod.node === undefined ? [] : [`nodes/${pod.node}`])

function exportFile(snapshot: Snapshot, path: string, {section, redact}: Selection): ExportedFile | null {
  const types = section === null ? null : sections[section].dumpTypes
  if (types !== null) return exportCut(snapshot, path, types, redact)
  if (!redact) return {path, content: snapshot.bytes(path) ?? '', report: []}
  const {value, report} = redactFile(snapshot.text(path) ?? '', path)
  // Bytes that are no text would not survive: what holds no secret leaves as it is.
  return {path, content: report.length === 0 ? (snapshot.bytes(path) ?? '') : value, report}
}

function exportCut(snapshot: Snapshot, path: string, types: readonly string[], redact: boolean): ExportedFile | null {
  const dump = parsed(snapshot.text(path) ?? '')
  if (dump === undefined) throw new DataError('is not JSON', `${snapshot.origin}/${path}`, 'Capture it again')
  const cut = cutDump(dump, types)
  if (cut === null) return null
  const {value, report} = redact ? redactDocument(cut, path) : {value: cut, report: []}
  return {path, content: `${JSON.stringify(value, null, 1)}\n`, report}
}

function cleaned(text: string, path: string, redact: boolean): {content: string; report: Redaction[]} {
  if (!redact) return {content: text, report: []}
  const {value, report} = redactFile(text, path)
  return {content: value, report}
}

/** The document as captured, unknown members too; of one pod, without the others. */
function documentText(snapshot: Snapshot, pod: PodFacts | null): string {
  const text = snapshot.text('snapshot.json')
  const document: unknown = text === null ? snapshot.document : parsed(text)
  if (pod === null && text !== null) return text
  const pods: unknown = typeof document === 'object' && document !== null && 'pods' in document ? document.pods : []
  const kept = Array.isArray(pods) ? pods.filter((facts: unknown) => pod === null || isPod(facts, pod)) : []
  return `${JSON.stringify({...(typeof document === 'object' ? document : {}), pods: kept}, null, 1)}\n`
}

const isPod = (facts: unknown, pod: PodFacts): boolean =>
  typeof facts === 'object' &&
  facts !== null &&
  'name' in facts &&
  'namespace' in facts &&
  facts.name === pod.name &&
  facts.namespace === pod.namespace

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function notCaptured(snapshot: Snapshot, {pod, section}: Selection): SourceError {
  const where = pod === null ? snapshot.origin : podId(pod)
  const what = `the section ${section} was not captured`
  const hint =
    section === 'endpoints' ? 'Capture it with /config_dump?include_eds' : 'sidetrace snapshot show lists what was'
  return new SourceError('missing', what, where, hint)
}
