import {type ApiResource, daemonSets, deployments, jobs, replicaSets, services, statefulSets} from './api-resource.js'
import {at, isObject, mapAt, objectsAt, textAt, textsAt} from './json.js'

/** What has pods: the types before the slash of `type/name`, by all names that kubectl takes for them. */
const workloads: readonly [names: RegExp, resource: ApiResource][] = [
  [/^deploy(?:ments?)?$/i, deployments],
  [/^(?:sts|statefulsets?)$/i, statefulSets],
  [/^(?:ds|daemonsets?)$/i, daemonSets],
  [/^(?:rs|replicasets?)$/i, replicaSets],
  [/^jobs?$/i, jobs],
  [/^(?:svc|services?)$/i, services],
]

export const podType = /^(?:po|pods?)$/i
export const gatewayType = /^(?:gtw|gateways?)$/i

/** The resource of a type, or null; `deployments.apps` names its group too. */
export function workloadResource(type: string): ApiResource | null {
  const dot = type.indexOf('.')
  const plain = dot === -1 ? type : type.slice(0, dot)
  const group = dot === -1 ? null : type.slice(dot + 1)
  const found = workloads.find(([names]) => names.test(plain))?.[1]
  return found !== undefined && (group === null || found.group === group) ? found : null
}

/** The label that a Gateway's controller puts on the pods it makes. */
export const gatewaySelector = (name: string): string => `gateway.networking.k8s.io/gateway-name=${name}`

/** The label selector of an object that has pods, or null for one without: a service for outside hosts, say. */
export function selectorOf(object: unknown): string | null {
  const selector = at(object, 'spec', 'selector')
  const ofService = !isObject(selector) || !('matchLabels' in selector || 'matchExpressions' in selector)
  const labels = ofService ? mapAt(object, 'spec', 'selector') : mapAt(object, 'spec', 'selector', 'matchLabels')
  const parts = [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...objectsAt(selector, 'matchExpressions').map(expression),
  ]
  return parts.length === 0 ? null : parts.join(',')
}

const expression = (item: unknown): string => {
  const key = textAt(item, 'key') ?? ''
  const values = `(${textsAt(item, 'values').join(',')})`
  switch (textAt(item, 'operator')) {
    case 'In':
      return `${key} in ${values}`
    case 'NotIn':
      return `${key} notin ${values}`
    case 'DoesNotExist':
      return `!${key}`
    default:
      return key
  }
}
