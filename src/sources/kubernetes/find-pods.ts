import {exitCode, SourceError, UsageError} from '../../errors.js'
import {nearest} from '../../snapshot/edit-distance.js'
import {NoSuchObject} from './api-failure.js'
import {pods} from './api-resource.js'
import {byLogging} from './by-logging.js'
import type {Cluster, PodRef} from './cluster.js'
import {type JsonObject, textAt} from './json.js'
import {gatewaySelector, gatewayType, podType, selectorOf, workloadResource} from './workload.js'

/** A pod that a name means. Its object is null where this user may not read pods: the name is then taken at its word, as istioctl does. */
export interface FoundPod extends PodRef {
  object: JsonObject | null
}

/** What a name says: `[type/]name[.namespace]`, or `namespace/name` where the first part is no type. */
interface PodName {
  type: string | null
  name: string
  namespace: string
}

/**
 * The pod that `text` means. Of a workload's pods the one that kubectl takes for its logs.
 * @throws SourceError where there is none, UsageError where the beginning of a name fits several
 */
export async function findClusterPod(cluster: Cluster, text: string, namespace?: string): Promise<FoundPod> {
  const [first] = await findClusterPods(cluster, text, namespace)
  if (first === undefined) throw noPods(text, cluster)
  return first
}

/** All pods that `text` means: of a type that has pods, all of them. @throws SourceError, UsageError */
export async function findClusterPods(cluster: Cluster, text: string, namespace?: string): Promise<FoundPod[]> {
  const own = namespace ?? cluster.namespace
  const asked = parseName(text, own)
  if (asked.type === null) return [await findByName(cluster, asked, {namespace: own, name: text})]
  const owned = await podsOf(cluster, {...asked, type: asked.type}, text)
  if (owned.length === 0) throw noPods(text, cluster)
  return owned
}

/** The pod of that name; else one whose name has the dot in it; else the only one that begins with the name. */
async function findByName(cluster: Cluster, {namespace, name}: PodName, whole: PodRef): Promise<FoundPod> {
  try {
    return {namespace, name, object: await cluster.get(pods, {namespace, name})}
  } catch (error) {
    if (error instanceof SourceError && error.exit === exitCode.forbidden) return {namespace, name, object: null}
    if (!(error instanceof NoSuchObject)) throw error
    if (whole.name.includes('.') && !whole.name.includes('/') && whole.name !== name)
      return await findByName(cluster, {type: null, ...whole}, {namespace, name}).catch(() =>
        pickByPrefix(cluster, {namespace, name}, error),
      )
    return pickByPrefix(cluster, {namespace, name}, error)
  }
}

/** The pods with these labels, of one namespace or (null) of all, by namespace and name. @throws SourceError where there is none */
export async function selectPods(
  cluster: Cluster,
  namespace: string | null,
  labelSelector?: string,
): Promise<FoundPod[]> {
  const items = await cluster.list(pods, {namespace, labelSelector})
  const place = namespace === null ? 'in the cluster' : `in namespace ${namespace}`
  const labels = labelSelector === undefined ? '' : ` with labels ${labelSelector}`
  if (items.length === 0)
    throw new SourceError('unreachable', `no pods ${place}${labels}`, `cluster ${cluster.context}`)
  return items.map(found).sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

const key = ({namespace, name}: PodRef): string => `${namespace}/${name}`

const found = (object: JsonObject): FoundPod => ({
  namespace: textAt(object, 'metadata', 'namespace') ?? '',
  name: textAt(object, 'metadata', 'name') ?? '',
  object,
})

/** istioctl's grammar: what follows the last dot is the namespace, and goes before the flag; with a slash only a dot behind it counts. */
export function parseName(text: string, namespace: string): PodName {
  const slash = text.indexOf('/')
  const first = slash === -1 ? null : text.slice(0, slash)
  const rest = text.slice(slash + 1)
  const isType = first !== null && (podType.test(first) || gatewayType.test(first) || workloadResource(first) !== null)
  if (first !== null && !isType) return checked({type: null, name: rest, namespace: first}, text)
  const dot = rest.lastIndexOf('.')
  const name = dot === -1 ? rest : rest.slice(0, dot)
  const type = first === null || podType.test(first) ? null : first
  return checked({type, name, namespace: dot === -1 ? namespace : rest.slice(dot + 1)}, text)
}

/** What the API server's paths can hold. */
function checked(asked: PodName, text: string): PodName {
  const wrong = [asked.name, asked.namespace].some((part) => !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/i.test(part))
  if (wrong) throw new UsageError('is no name of a pod', text, 'Names are [type/]name[.namespace], or namespace/name')
  return asked
}

async function podsOf(
  cluster: Cluster,
  {type, name, namespace}: PodName & {type: string},
  text: string,
): Promise<FoundPod[]> {
  const labelSelector = gatewayType.test(type)
    ? gatewaySelector(name)
    : await selectorOfWorkload(cluster, type, name, namespace, text)
  const items = await cluster.list(pods, {namespace, labelSelector})
  return items.sort(byLogging).map(found)
}

async function selectorOfWorkload(
  cluster: Cluster,
  type: string,
  name: string,
  namespace: string,
  text: string,
): Promise<string> {
  const resource = workloadResource(type)
  if (resource === null) throw new UsageError('has a type that has no pods', text)
  const selector = selectorOf(await cluster.get(resource, {namespace, name}))
  if (selector === null)
    throw new SourceError('unreachable', 'selects no pods', text, 'Name a pod, or a workload that has some')
  return selector
}

const noPods = (text: string, cluster: Cluster): SourceError =>
  new SourceError('unreachable', 'has no pods', text, `Asked of cluster ${cluster.context}`)

/** The only pod that begins so. `missing` is what the API server said of the name; who may not list pods hears no more than that. */
async function pickByPrefix(cluster: Cluster, {namespace, name}: PodRef, missing: SourceError): Promise<FoundPod> {
  const items = await cluster.list(pods, {namespace}).catch(() => {
    throw missing
  })
  const all = items.map(found)
  const begin = all.filter((pod) => pod.name.startsWith(name))
  const [only] = begin
  if (only !== undefined && begin.length === 1) return only
  if (begin.length > 1)
    throw new UsageError(`begins the names of ${begin.length} pods`, name, `Choose one of ${listed(begin.map(key))}`)
  const near = nearest(name, all, key)
  const known = all.length > 0 ? `It has ${listed(all.map((pod) => pod.name))}` : 'It has none'
  const {what, where} = missing.failure
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : known
  throw new SourceError('unreachable', what, where, hint, {cause: missing})
}

const listed = (names: string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')
