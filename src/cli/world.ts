import {readStatistics} from '../mosn/parse/stats.js'
import {checkRules} from '../netfilter/check/check-rules.js'
import {overviewOf} from '../netfilter/rule-overview.js'
import {redactDocument, redactText} from '../snapshot/redact.js'
import {difference} from '../trace/difference.js'
import {editMesh, parseEdit} from '../trace/edit.js'
import {findLanding} from '../trace/find-landing.js'
import type {Landing} from '../trace/landing.js'
import type {Mesh} from '../trace/mesh.js'
import type {Place} from '../trace/place.js'
import {countersOf} from '../trace/source.js'
import {walk} from '../trace/walk.js'
import {checkDocument} from '../views/iptables/check-document.js'
import type {World} from '../views/tui/world.js'
import type {Suppositions} from '../xds/match/request.js'
import {captureFacts} from './capture-facts.js'
import {shown} from './redacted.js'
import {podToCheck} from './rules-places.js'
import {shownSource} from './shown-source.js'

export interface WorldOptions {
  suppositions: Suppositions
  /** Whether secrets are left out of what is shown. */
  redact: boolean
  /** The words that name a mesh of one proxy on a command line: `-f dump.json`, `--admin HOST:PORT`. */
  alone?: readonly string[]
}

/** A mesh as the terminal UI asks it. */
export function worldOf(mesh: Mesh, {suppositions, redact, alone}: WorldOptions): World {
  const {origin, document} = mesh.snapshot
  const facts = captureFacts(mesh)
  const files = new Set(mesh.snapshot.files())
  const read = new Set<string>()
  const placeOf = (name: string): Place | null => {
    read.add(name)
    return name.includes('/') ? mesh.pod(name) : mesh.node(name)
  }
  const edited = editedMeshes(mesh)
  const source = alone ?? ['--from', origin]
  return {
    title: titleOf(facts.title ?? origin, document.capturedAt),
    facts,
    document,
    source,
    proxyWords: (pod) => (alone === undefined ? [pod, ...source] : source),
    pods: document.pods.map(({namespace, name}) => `${namespace}/${name}`),
    hasProxy: (pod) => files.has(`pods/${pod}/config_dump.json`),
    hasMosn: (pod) => files.has(`pods/${pod}/mosn/config_dump.json`),
    mosn: (pod) => {
      const dump = placeOf(pod)?.mosn
      return dump ? {dump, statistics: statisticsOf(mesh.snapshot.text(`pods/${pod}/mosn/stats.json`))} : null
    },
    isRead: (name) => read.has(name),
    dump: (pod) => placeOf(pod)?.document,
    clusters: (pod) => placeOf(pod)?.proxy?.state.clusters,
    rules: (name) => overviewOf(placeOf(name)?.rulesets ?? []),
    checks: (name) => checksOf(mesh, placeOf(name)),
    trace: (request, edits) => {
      read.add(request.client.pod)
      // The request stays as it was typed: it is edited on the screen.
      return {...shown(walk(edited(edits), request, {suppositions}), redact), request}
    },
    preview: (request, edits) => ({
      ...shown(walk(edited(edits), request, {suppositions, explain: false}), redact),
      request,
    }),
    difference,
    landing: (target) => shownLanding(findLanding(mesh, target, {suppositions}), redact),
    lookup: {source: shownSource(mesh, redact), counters: (hop) => countersOf(mesh, hop)},
    redact: redact ? withoutSecrets : (document) => document,
  }
}

/** Null for what is broken: the tables go without what was counted. */
function statisticsOf(text: string | null): ReturnType<typeof readStatistics> {
  try {
    return text === null ? null : readStatistics(JSON.parse(text))
  } catch {
    return null
  }
}

const withoutSecrets = (document: unknown): unknown =>
  typeof document === 'string' ? redactText(document, 'rule').value : redactDocument(document, 'config_dump.json').value

/** A request that only a secret makes land is not built: the screen would show it. */
function shownLanding(landing: Landing, redact: boolean): Landing {
  if (landing.kind === 'none' || shown(landing.request, redact) === landing.request) return landing
  return {kind: 'none', why: 'only a request with a secret lands here: --no-redact builds it'}
}

const titleOf = (name: string, capturedAt: string | undefined): string =>
  capturedAt === undefined ? name : `${name}, captured ${capturedAt.slice(0, 16).replace('T', ' ')}`

/** The mesh with edits; those that were asked for last are kept, as every edited request asks for them again. */
function editedMeshes(mesh: Mesh): (edits: readonly string[]) => Mesh {
  let last: {edits: string; mesh: Mesh} = {edits: '', mesh}
  return (edits) => {
    if (edits.length === 0) return mesh
    const key = edits.join('\n')
    if (last.edits !== key) last = {edits: key, mesh: editMesh(mesh, edits.map(parseEdit))}
    return last.mesh
  }
}

function checksOf({snapshot}: Mesh, place: Place | null): ReturnType<World['checks']> {
  if (place === null) return []
  const command = snapshot.text(`pods/${place.name}/istio-iptables.cmd`)
  const pod = place.facts === null ? null : podToCheck(place.facts, command)
  return checkDocument([{place: place.name, result: checkRules([...place.rulesets], place.environment, pod)}]).findings
}
