import type {KubeConfig} from '@kubernetes/client-node/dist/config.js'
import {SourceError} from '../../errors.js'
import {type ApiResource, accessReviews, apiPath, pods, type Query, type Target} from './api-resource.js'
import {bounded} from './bounded.js'
import type {Access, Cluster, LogOptions, Selection} from './cluster.js'
import {type ApiCall, type Connection, openConnection} from './connection.js'
import {execInPod} from './exec.js'
import {dialPod} from './forward.js'
import {at, isObject, type JsonObject, objectsAt, textAt} from './json.js'

/** Items of a list that are asked for at once: what kubectl takes. */
const pageSize = 500

/** Questions, and streams into pods, that are open to one API server at once. */
const mostQuestions = 16
const mostStreams = 20

/** The cluster of a kubeconfig's current context. */
export function liveCluster(config: KubeConfig, timeoutMs: number): Cluster {
  const connection = openConnection(config, timeoutMs)
  const inTurn = bounded(mostQuestions)
  const streamInTurn = bounded(mostStreams)
  const open = new Set<{destroy: () => void}>()
  const ask = (method: ApiCall['method'], access: Access, query?: Query, body?: JsonObject, contentType?: string) =>
    inTurn(() => {
      const path = apiPath(access.resource, access, query)
      const content = body && {body: JSON.stringify(body), ...(contentType === undefined ? {} : {contentType})}
      return connection.call({method, path, access, ...content})
    })
  const object = async (...asked: Parameters<typeof ask>) => parsed(await ask(...asked), connection)
  return {
    context: connection.context,
    namespace: connection.namespace,
    get: (resource, target) => object('GET', {verb: 'get', resource, ...target}),
    list: async (resource, selection) => {
      const items: JsonObject[] = []
      for await (const page of pages(resource, selection, object)) items.push(...page)
      return items
    },
    create: (resource, target, body) => object('POST', {verb: 'create', resource, ...target}, {}, body),
    patch: (resource, target, body) =>
      object('PATCH', {verb: 'patch', resource, ...target}, {}, body, 'application/strategic-merge-patch+json'),
    remove: async (resource, target, options) => {
      await ask('DELETE', {verb: 'delete', resource, ...target}, {}, options)
    },
    may: async (access) => {
      const review = await object('POST', {verb: 'create', resource: accessReviews}, {}, accessReview(access))
      return at(review, 'status', 'allowed') === true
    },
    logs: async (pod, container, options) => {
      const access = {verb: 'get', resource: pods, ...pod, subresource: 'log'}
      return (await ask('GET', access, logQuery(container, options))).toString('utf8')
    },
    exec: (pod, container, command, options) =>
      streamInTurn(() => execInPod(connection, pod, container, command, options)),
    dial: (pod, port, options) =>
      new Promise((resolve, reject) => {
        const whole = async () => {
          const stream = await dialPod(connection, pod, port, options)
          open.add(stream)
          resolve(stream)
          // The turn lasts as long as the stream does.
          await new Promise((closed) => stream.once('close', closed))
          open.delete(stream)
        }
        streamInTurn(whole).catch(reject)
      }),
    close: () => {
      for (const stream of open) stream.destroy()
    },
  }
}

async function* pages(
  resource: ApiResource,
  {namespace, labelSelector, fieldSelector}: Selection,
  object: (method: 'GET', access: Access, query: Query) => Promise<JsonObject>,
): AsyncGenerator<JsonObject[]> {
  const target: Target = namespace === null ? {} : {namespace}
  let next: string | undefined
  do {
    const query = {limit: String(pageSize), labelSelector, fieldSelector, continue: next}
    const page = await object('GET', {verb: 'list', resource, ...target}, query)
    yield objectsAt(page, 'items')
    next = textAt(page, 'metadata', 'continue')
  } while (next !== undefined)
}

function parsed(body: Buffer, {context}: Connection): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isObject(value)) return value
  } catch {
    // Said below: a web page, or an answer that was cut off.
  }
  throw new SourceError(
    'unreachable',
    'answered no JSON object, so it is no Kubernetes API server',
    `cluster ${context}`,
    'Look whether the context’s server is the right one',
  )
}

const logQuery = (container: string, {tailLines, previous}: LogOptions = {}): Query => ({
  container,
  tailLines: tailLines?.toString(),
  previous: previous === true ? 'true' : undefined,
})

const accessReview = ({verb, resource, namespace, name, subresource}: Access): JsonObject => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: {
    resourceAttributes: {verb, group: resource.group, resource: resource.plural, namespace, name, subresource},
  },
})
