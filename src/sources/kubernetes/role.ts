import {type ApiResource, resourceName} from './api-resource.js'
import type {Access} from './cluster.js'

/**
 * Verbs that the API server asks for where a stream is opened: `get` for a WebSocket's upgrade request, and from Kubernetes 1.35 on `create` too,
 * as it always did for SPDY.
 */
const streamVerbs = ['get', 'create']
const streams: readonly (string | undefined)[] = ['portforward', 'exec', 'attach']

/** The smallest Role (ClusterRole, where no namespace is meant) that allows `access`, and its binding, as YAML that kubectl applies. */
export function roleFor(access: Access, user?: string): string {
  const {namespace, resource, subresource, verb} = access
  const kind = namespace === undefined ? 'ClusterRole' : 'Role'
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`
  const verbs = streams.includes(subresource) ? streamVerbs : [verb]
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: {name: sidetrace${place}}
rules:
- apiGroups: ["${resource.group}"]
  resources: ["${ruleName(resource, subresource)}"]
  verbs: [${verbs.join(', ')}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata: {name: sidetrace${place}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: sidetrace}
subjects: [${subject(user)}]`
}

/** A service account is a subject of its own kind; the API server calls it `system:serviceaccount:NAMESPACE:NAME`. */
function subject(user = 'YOUR-USER'): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  if (namespace !== undefined) return `{kind: ServiceAccount, namespace: ${namespace}, name: ${name}}`
  return `{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${JSON.stringify(user)}}`
}

const ruleName = ({plural}: ApiResource, subresource: string | undefined): string =>
  subresource === undefined ? plural : `${plural}/${subresource}`

/** `may not get pods/portforward in namespace demo`. */
export function refusalOf({verb, resource, subresource, namespace}: Access): string {
  const place = namespace === undefined ? 'in the cluster' : `in namespace ${namespace}`
  return `may not ${verb} ${resourceName(resource, subresource)} ${place}`
}
