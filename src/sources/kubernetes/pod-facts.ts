import type {ContainerFacts, PodFacts} from '../../snapshot/snapshot.js'
import {at, type JsonObject, mapAt, numberAt, objectsAt, textAt, textsAt} from './json.js'
import {containersOf, proxyContainer} from './proxy-container.js'

/** What a snapshot says of a pod, from the object that the API server has of it. What the object does not tell is left out. */
export function podFacts(pod: JsonObject): PodFacts {
  const proxy = proxyContainer(pod)
  const role = roleOf(pod, proxy)
  const facts: PodFacts = {
    namespace: textAt(pod, 'metadata', 'namespace') ?? '',
    name: textAt(pod, 'metadata', 'name') ?? '',
    labels: mapAt(pod, 'metadata', 'labels'),
    annotations: mapAt(pod, 'metadata', 'annotations'),
    containers: containersOf(pod).map(containerFacts),
    sidecar: proxy !== null,
    role,
  }
  return Object.assign(
    facts,
    present({
      ip: textAt(pod, 'status', 'podIP'),
      node: textAt(pod, 'spec', 'nodeName'),
      serviceAccount: textAt(pod, 'spec', 'serviceAccountName'),
      ...users(pod, proxy),
      interceptionMode: interceptionMode(pod, proxy, role),
    }),
  )
}

const present = (members: {[Member in keyof PodFacts]?: PodFacts[Member] | undefined}) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

function containerFacts(container: JsonObject): ContainerFacts {
  const ports = objectsAt(container, 'ports').flatMap((port) => numberAt(port, 'containerPort') ?? [])
  return {name: textAt(container, 'name') ?? '', ...(ports.length > 0 ? {ports} : {})}
}

/** Istio starts its proxy as `proxy sidecar` or `proxy router`. A pod that is nothing but a proxy stands between others. */
function roleOf(pod: JsonObject, proxy: string | null): string {
  if (proxy === null) return 'none'
  const started = [...textsAt(containerOf(pod, proxy), 'command'), ...textsAt(containerOf(pod, proxy), 'args')]
  if (started.includes('router')) return 'router'
  return started.includes('sidecar') || containersOf(pod).length > 1 ? 'sidecar' : 'router'
}

const containerOf = (pod: JsonObject, name: string): JsonObject | undefined =>
  containersOf(pod).find((container) => textAt(container, 'name') === name)

type Users = {[Member in 'proxyUid' | 'proxyGid' | 'appUid']: number | null | undefined}

/** A container's user goes before its pod's; without either the image decides, which nobody here knows: Istio's image says 1337. */
function users(pod: JsonObject, proxy: string | null): Users {
  const app = containersOf(pod).find((container) => textAt(container, 'name') !== proxy)
  const usual = proxy === 'istio-proxy' ? 1337 : undefined
  const proxyUser = (member: string) =>
    proxy === null ? null : (securityOf(pod, containerOf(pod, proxy), member) ?? usual)
  return {
    proxyUid: proxyUser('runAsUser'),
    proxyGid: proxyUser('runAsGroup'),
    appUid: app === undefined ? undefined : securityOf(pod, app, 'runAsUser'),
  }
}

const securityOf = (pod: JsonObject, container: unknown, member: string): number | undefined =>
  numberAt(container, 'securityContext', member) ?? numberAt(pod, 'spec', 'securityContext', member)

/** As the annotation or the proxy's own environment says; a gateway and a pod without a proxy have no redirection. */
function interceptionMode(pod: JsonObject, proxy: string | null, role: string): string | undefined {
  if (proxy === null || role === 'router') return 'NONE'
  const variable = objectsAt(containerOf(pod, proxy), 'env').find(
    (candidate) => at(candidate, 'name') === 'ISTIO_META_INTERCEPTION_MODE',
  )
  return mapAt(pod, 'metadata', 'annotations')['sidecar.istio.io/interceptionMode'] ?? textAt(variable, 'value')
}
