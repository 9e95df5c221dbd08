import {exitCode, SourceError} from '../../errors.js'
import type {NodeFacts, PodFacts, ServiceEndpoint, ServiceFacts, SnapshotDocument} from '../../snapshot/snapshot.js'
import {type ApiResource, endpointSlices, nodes, pods, services} from './api-resource.js'
import type {Cluster} from './cluster.js'
import {at, type JsonObject, mapAt, numberAt, objectsAt, textAt, textsAt} from './json.js'
import {podFacts} from './pod-facts.js'

/** What a cluster says of its pods, services and nodes, and what of it this user may not see. */
export interface ClusterDocument {
  document: SnapshotDocument
  warnings: string[]
}

/**
 * The document of a snapshot, as the API server tells it: of one namespace, or (null) of all. Who may not list the pods of all gets those of
 * `own`, and hears it. Without services, endpoints and nodes the document says less.
 * @throws SourceError where pods may not be listed
 */
export async function readClusterDocument(
  cluster: Cluster,
  namespace: string | null,
  own: string | null = null,
): Promise<ClusterDocument> {
  try {
    return await readDocument(cluster, namespace)
  } catch (error) {
    if (!isForbidden(error) || namespace !== null || own === null) throw error
    const {document, warnings} = await readDocument(cluster, own)
    return {document, warnings: [`${error.failure.what}: only namespace ${own} is known`, ...warnings]}
  }
}

const isForbidden = (error: unknown): error is SourceError =>
  error instanceof SourceError && error.exit === exitCode.forbidden

async function readDocument(cluster: Cluster, namespace: string | null): Promise<ClusterDocument> {
  const warnings: string[] = []
  const listed = async (resource: ApiResource, where: string | null): Promise<JsonObject[]> => {
    try {
      return await cluster.list(resource, {namespace: where})
    } catch (error) {
      if (!isForbidden(error)) throw error
      warnings.push(`${error.failure.what}: the answer does without them`)
      return []
    }
  }
  const [ofPods, ofServices, ofSlices, ofNodes] = await Promise.all([
    cluster.list(pods, {namespace}),
    listed(services, namespace),
    listed(endpointSlices, namespace),
    listed(nodes, null),
  ])
  const document: SnapshotDocument = {
    apiVersion: 'sidetrace/v1',
    kind: 'Snapshot',
    name: cluster.context,
    pods: ofPods.map(podFacts).toSorted(byName),
    services: ofServices.map((service) => serviceFacts(service, ofSlices)).toSorted(byName),
    nodes: ofNodes.map(nodeFacts),
  }
  return {document, warnings: warnings.sort()}
}

type Named = Pick<PodFacts, 'namespace' | 'name'>

const byName = (a: Named, b: Named): number => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1)

function serviceFacts(service: JsonObject, slices: readonly JsonObject[]): ServiceFacts {
  const namespace = textAt(service, 'metadata', 'namespace') ?? ''
  const name = textAt(service, 'metadata', 'name') ?? ''
  const clusterIP = textAt(service, 'spec', 'clusterIP')
  const own = slices.filter(
    (slice) =>
      textAt(slice, 'metadata', 'namespace') === namespace &&
      mapAt(slice, 'metadata', 'labels')['kubernetes.io/service-name'] === name,
  )
  return {
    namespace,
    name,
    ...(clusterIP === undefined ? {} : {clusterIP}),
    ports: objectsAt(service, 'spec', 'ports').map(servicePort),
    selector: mapAt(service, 'spec', 'selector'),
    endpoints: own.flatMap(endpointsOf),
  }
}

function servicePort(port: JsonObject) {
  const name = textAt(port, 'name')
  const targetPort = textAt(port, 'targetPort') ?? numberAt(port, 'targetPort')
  return {
    ...(name === undefined ? {} : {name}),
    port: numberAt(port, 'port') ?? 0,
    ...(targetPort === undefined ? {} : {targetPort}),
    protocol: textAt(port, 'protocol') ?? 'TCP',
  }
}

/** Endpoints that take requests: one without a condition counts as ready (the API's own rule). */
function endpointsOf(slice: JsonObject): ServiceEndpoint[] {
  const ports = objectsAt(slice, 'ports').flatMap((port) => numberAt(port, 'port') ?? [])
  return objectsAt(slice, 'endpoints')
    .filter((endpoint) => at(endpoint, 'conditions', 'ready') !== false)
    .flatMap((endpoint) => {
      const pod = textAt(endpoint, 'targetRef', 'kind') === 'Pod' ? textAt(endpoint, 'targetRef', 'name') : undefined
      const namespace = textAt(endpoint, 'targetRef', 'namespace') ?? ''
      return textsAt(endpoint, 'addresses').map((ip) => ({
        ip,
        ...(pod === undefined ? {} : {pod: `${namespace}/${pod}`}),
        ...(ports.length > 0 ? {ports} : {}),
      }))
    })
}

function nodeFacts(node: JsonObject): NodeFacts {
  const internal = objectsAt(node, 'status', 'addresses').find((address) => textAt(address, 'type') === 'InternalIP')
  const ip = textAt(internal, 'address')
  return {name: textAt(node, 'metadata', 'name') ?? '', ...(ip === undefined ? {} : {ip})}
}
