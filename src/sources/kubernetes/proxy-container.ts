import {at, type JsonObject, mapAt, objectsAt, textAt} from './json.js'

/** Istio's name, then those of other meshes that run an Envoy beside the app. */
const knownNames = ['istio-proxy', 'envoy', 'envoy-sidecar', 'kuma-sidecar', 'consul-dataplane']
const knownImage = /(?:^|\/)(?:proxyv2|envoy[\w.-]*)(?:[:@]|$)/

/** Containers of a pod, native sidecars (init containers that restart always) among them. */
export const containersOf = (pod: unknown): JsonObject[] => [
  ...objectsAt(pod, 'spec', 'containers'),
  ...objectsAt(pod, 'spec', 'initContainers').filter((container) => textAt(container, 'restartPolicy') === 'Always'),
]

/** The name of the container in which the pod's Envoy runs, or null. */
export function proxyContainer(pod: unknown): string | null {
  const containers = containersOf(pod)
  const names = containers.flatMap((container) => textAt(container, 'name') ?? [])
  const byImage = containers.find((container) => knownImage.test(textAt(container, 'image') ?? ''))
  return knownNames.find((name) => names.includes(name)) ?? textAt(byImage, 'name') ?? null
}

/** Istio's port of Envoy's admin interface. */
export const defaultAdminPort = 15_000

/** The admin port as `proxyAdminPort` of the pod's proxy configuration moves it (annotation, or the injected PROXY_CONFIG). */
export function adminPortOf(pod: unknown): number {
  const annotation = mapAt(pod, 'metadata', 'annotations')['proxy.istio.io/config']
  const injected = containersOf(pod)
    .flatMap((container) => objectsAt(container, 'env'))
    .find((variable) => textAt(variable, 'name') === 'PROXY_CONFIG')
  const found = [annotation, textAt(injected, 'value')].flatMap(
    (text) => /["']?proxyAdminPort["']?\s*:\s*["']?(\d{1,5})\b/.exec(text ?? '')?.[1] ?? [],
  )
  return Number(found[0] ?? defaultAdminPort)
}

/** What keeps a pod's proxy from being asked, or null: `is not running (Pending: ImagePullBackOff)`. */
export function troubleOf(pod: unknown, container: string | null): string | null {
  const phase = textAt(pod, 'status', 'phase') ?? 'Unknown'
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'is being deleted'
  if (phase !== 'Running') return `is not running (${[phase, reasonOf(pod)].filter(Boolean).join(': ')})`
  if (container === null) return `has no proxy container, only ${names(pod).join(', ') || 'none at all'}`
  const status = statusesOf(pod).find((candidate) => textAt(candidate, 'name') === container)
  if (status === undefined)
    return names(pod).includes(container) ? null : `has no container ${container}, only ${names(pod).join(', ')}`
  const state = stateOf(status)
  if (state !== null) return `container ${container} is not running (${state})`
  return at(status, 'ready') === false ? `container ${container} is not ready yet` : null
}

const names = (pod: unknown): string[] => containersOf(pod).flatMap((container) => textAt(container, 'name') ?? [])

const statusesOf = (pod: unknown): JsonObject[] => [
  ...objectsAt(pod, 'status', 'containerStatuses'),
  ...objectsAt(pod, 'status', 'initContainerStatuses'),
]

/** The first reason that a container or a condition gives. */
function reasonOf(pod: unknown): string | undefined {
  const states = statusesOf(pod).flatMap((status) => stateOf(status) ?? [])
  const condition = objectsAt(pod, 'status', 'conditions').find((candidate) => textAt(candidate, 'status') === 'False')
  return states[0] ?? textAt(condition, 'reason')
}

const stateOf = (status: unknown): string | null =>
  textAt(status, 'state', 'waiting', 'reason') ?? textAt(status, 'state', 'terminated', 'reason') ?? null
