/** A kind of object as the API server names it in paths and in its rules of access. */
export interface ApiResource {
  /** Empty for the core group. */
  group: string
  version: string
  plural: string
}

const core = (plural: string): ApiResource => ({group: '', version: 'v1', plural})
const apps = (plural: string): ApiResource => ({group: 'apps', version: 'v1', plural})

export const pods = core('pods')
export const services = core('services')
export const nodes = core('nodes')
export const namespaces = core('namespaces')
export const deployments = apps('deployments')
export const statefulSets = apps('statefulsets')
export const daemonSets = apps('daemonsets')
export const replicaSets = apps('replicasets')
export const jobs: ApiResource = {group: 'batch', version: 'v1', plural: 'jobs'}
export const endpointSlices: ApiResource = {group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices'}
export const accessReviews: ApiResource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
}

/** One object, all of a namespace, or (without both) all of the cluster. */
export interface Target {
  namespace?: string | undefined
  name?: string | undefined
  subresource?: string | undefined
}

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** `/api/v1/namespaces/demo/pods/app/portforward?ports=15000`. */
export function apiPath({group, version, plural}: ApiResource, target: Target, query: Query = {}): string {
  const {namespace, name, subresource} = target
  const parts = [
    group === '' ? 'api' : `apis/${group}`,
    version,
    ...(namespace === undefined ? [] : ['namespaces', encodeURIComponent(namespace)]),
    plural,
    ...[name, subresource].flatMap((part) => (part === undefined ? [] : encodeURIComponent(part))),
  ]
  const search = new URLSearchParams()
  for (const [key, values] of Object.entries(query))
    for (const value of [values ?? []].flat()) search.append(key, value)
  const text = search.toString()
  return `/${parts.join('/')}${text === '' ? '' : `?${text}`}`
}

/** `pods/portforward`, `deployments.apps`: how messages call it. */
export const resourceName = ({group, plural}: ApiResource, subresource?: string): string =>
  `${plural}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`
