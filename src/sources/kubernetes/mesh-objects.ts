import {exitCode, isSidetraceError, SourceError} from '../../errors.js'
import {objectFile} from '../../snapshot/object-file.js'
import type {SnapshotFile} from '../write-snapshot.js'
import {UnknownResource} from './api-failure.js'
import type {ApiResource} from './api-resource.js'
import type {Cluster} from './cluster.js'
import {type JsonObject, textAt} from './json.js'

/** A kind of object that a mesh is configured by, with the versions in which servers have it, the newest first. */
interface MeshKind {
  kind: string
  group: string
  plural: string
  versions: readonly string[]
}

const istio = (area: string, kinds: Readonly<Record<string, string>>, ...versions: string[]): MeshKind[] =>
  Object.entries(kinds).map(([kind, plural]) => ({kind, plural, group: `${area}.istio.io`, versions}))

const gatewayApi = (kinds: Readonly<Record<string, string>>): MeshKind[] =>
  Object.entries(kinds).map(([kind, plural]) => ({
    kind,
    plural,
    group: 'gateway.networking.k8s.io',
    versions: ['v1', 'v1beta1', 'v1alpha2'],
  }))

const kinds: readonly MeshKind[] = [
  ...istio(
    'networking',
    {
      VirtualService: 'virtualservices',
      DestinationRule: 'destinationrules',
      Gateway: 'gateways',
      ServiceEntry: 'serviceentries',
      Sidecar: 'sidecars',
      WorkloadEntry: 'workloadentries',
      WorkloadGroup: 'workloadgroups',
    },
    'v1',
    'v1beta1',
    'v1alpha3',
  ),
  ...istio('networking', {EnvoyFilter: 'envoyfilters'}, 'v1alpha3'),
  ...istio('networking', {ProxyConfig: 'proxyconfigs'}, 'v1beta1'),
  ...istio(
    'security',
    {
      AuthorizationPolicy: 'authorizationpolicies',
      PeerAuthentication: 'peerauthentications',
      RequestAuthentication: 'requestauthentications',
    },
    'v1',
    'v1beta1',
  ),
  ...istio('telemetry', {Telemetry: 'telemetries'}, 'v1', 'v1alpha1'),
  ...istio('extensions', {WasmPlugin: 'wasmplugins'}, 'v1alpha1'),
  ...gatewayApi({
    HTTPRoute: 'httproutes',
    GRPCRoute: 'grpcroutes',
    TLSRoute: 'tlsroutes',
    TCPRoute: 'tcproutes',
    ReferenceGrant: 'referencegrants',
  }),
]

/**
 * The objects by which the mesh is configured, as files of a snapshot; of one namespace, or (null) of all. Kinds that the cluster does not
 * know are passed over; for what this user may not list `warn` is told.
 */
export async function* meshObjects(
  cluster: Cluster,
  namespace: string | null,
  warn: (text: string) => void,
): AsyncGenerator<SnapshotFile> {
  for (const kind of kinds)
    for (const object of await listed(cluster, kind, namespace, warn)) {
      const file = fileOf(kind, object)
      if (file !== null) yield file
    }
}

async function listed(
  cluster: Cluster,
  {group, plural, versions}: MeshKind,
  namespace: string | null,
  warn: (text: string) => void,
): Promise<JsonObject[]> {
  for (const version of versions) {
    const resource: ApiResource = {group, version, plural}
    try {
      return await cluster.list(resource, {namespace})
    } catch (error) {
      if (error instanceof UnknownResource) continue
      if (!isSidetraceError(error)) throw error
      const forbidden = error instanceof SourceError && error.exit === exitCode.forbidden
      warn(`${error.failure.what}${forbidden ? '' : ` (${plural}.${group})`}: the snapshot does without them`)
      return []
    }
  }
  return []
}

/** Who changed which field when, and what the object came to, says nothing of the mesh. */
function fileOf({kind, group, versions}: MeshKind, object: JsonObject): SnapshotFile | null {
  const path = objectFile(kind, textAt(object, 'metadata', 'namespace') ?? '', textAt(object, 'metadata', 'name') ?? '')
  if (path === null) return null
  const {managedFields: _, ...metadata} = Object(object['metadata'])
  const version = textAt(object, 'apiVersion') ?? `${group}/${versions[0]}`
  const told = {...object, apiVersion: version, kind, metadata}
  return {path, content: `${JSON.stringify(told, null, 1)}\n`}
}
