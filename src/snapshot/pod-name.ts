import {SourceError, UsageError} from '../errors.js'
import {nearest} from './edit-distance.js'
import type {PodFacts, SnapshotDocument} from './snapshot.js'
import {type Owns, ownerOf} from './workload.js'

/** `namespace/name`: how documents and messages name a pod. */
export const podId = (pod: PodFacts): string => `${pod.namespace}/${pod.name}`

/** The folder of a pod's files inside a snapshot. */
export const podFolder = (pod: PodFacts): string => `pods/${pod.namespace}/${pod.name}`

/** One reading of a name: whose pods (null for a pod by its own name), and of which namespace (null for any). */
interface PodQuery {
  owner: Owns | null
  name: string
  namespace: string | null
}

/**
 * The pod that `name` means: `name[.namespace]`, `type/name[.namespace]` (pod, deploy, sts, ds, rs, job, svc, gateway),
 * `namespace/name` where the first part is no known type, or a unique prefix of a pod's name.
 * Of a Deployment's (or other controller's) equal pods the first by name is taken, as kubectl does; without a
 * namespace, a pod of namespace `default` is preferred to one of the same name elsewhere.
 * @throws SourceError (missing) with the nearest names, UsageError when several pods fit
 */
export function findPod(document: SnapshotDocument, name: string): PodFacts {
  for (const query of queries(document, name)) {
    const found = select(document, query)
    if (found.length === 1 && found[0]) return found[0]
    if (found.length > 1) throw ambiguous(name, found)
  }
  throw missing(document, name)
}

const podType = /^(?:pods?|po)$/i

/** The readings of `name` in the order in which they are tried. */
function queries(document: SnapshotDocument, text: string): PodQuery[] {
  const slash = text.indexOf('/')
  if (slash === -1) return namespaced(document, null, text)
  const [first, rest] = [text.slice(0, slash), text.slice(slash + 1)]
  const inNamespace: PodQuery = {owner: null, name: rest, namespace: first}
  if (podType.test(first)) return [...namespaced(document, null, rest), inNamespace]
  const owner = ownerOf(first)
  return owner ? [...namespaced(document, owner, rest), inNamespace] : [inNamespace]
}

/** A pod's name may hold dots itself: only what follows the last one and is a namespace here is one. */
function namespaced(document: SnapshotDocument, owner: Owns | null, text: string): PodQuery[] {
  const whole: PodQuery = {owner, name: text, namespace: null}
  const dot = text.lastIndexOf('.')
  const namespace = text.slice(dot + 1)
  if (dot <= 0 || !document.pods.some((pod) => pod.namespace === namespace)) return [whole]
  return [{owner, name: text.slice(0, dot), namespace}, whole]
}

function select(document: SnapshotDocument, {owner, name, namespace}: PodQuery): PodFacts[] {
  if (name === '') return []
  const pods = document.pods.filter((pod) => namespace === null || pod.namespace === namespace)
  if (owner) {
    const owned = preferDefault(pods.filter((pod) => owner(pod, name, document)))
    return sameWorkload(owned) ? firstByName(owned) : owned
  }
  const exact = preferDefault(pods.filter((pod) => pod.name === name))
  return exact.length > 0 ? exact : pods.filter((pod) => pod.name.startsWith(name))
}

function preferDefault(pods: PodFacts[]): PodFacts[] {
  const own = pods.filter((pod) => pod.namespace === 'default')
  return own.length > 0 ? own : pods
}

const template = (pod: PodFacts): string => `${pod.namespace}/${pod.name.replace(/-(?:[a-z0-9]{5}|\d+)$/, '')}`

const sameWorkload = (pods: PodFacts[]): boolean => new Set(pods.map(template)).size === 1

const firstByName = (pods: PodFacts[]): PodFacts[] => pods.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, 1)

const ambiguous = (name: string, pods: PodFacts[]): UsageError =>
  new UsageError(`names ${pods.length} pods`, name, `Choose one of ${listed(pods.map(podId))}`)

function missing(document: SnapshotDocument, name: string): SourceError {
  const ids = document.pods.map(podId)
  const near = nearest(withoutTypeOrNamespace(document, name), document.pods, podId)
  return new SourceError('missing', 'no such pod in the snapshot', name, missingHint(near, ids))
}

function missingHint(near: string[], ids: string[]): string {
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`
  return ids.length > 0 ? `It holds ${listed(ids)}` : 'It holds no pods'
}

function withoutTypeOrNamespace(document: SnapshotDocument, name: string): string {
  const namespace = document.pods.map((pod) => `.${pod.namespace}`).find((ending) => name.endsWith(ending)) ?? ''
  return name.slice(name.indexOf('/') + 1, name.length - namespace.length)
}

const listed = (names: string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')
