import {SourceError} from '../../../src/errors.js'
import {NoSuchObject} from '../../../src/sources/kubernetes/api-failure.js'
import type {ApiResource, Target} from '../../../src/sources/kubernetes/api-resource.js'
import type {Cluster, ExecResult} from '../../../src/sources/kubernetes/cluster.js'
import type {JsonObject} from '../../../src/sources/kubernetes/json.js'

/** What a fake cluster answers; whatever is not given is an error. */
export interface FakeAnswers {
  objects?: Record<string, () => JsonObject>
  lists?: Record<string, readonly JsonObject[]>
  logs?: Record<string, string>
  /** By container: how a program ends. */
  exec?: (container: string, command: readonly string[]) => ExecResult | null
  changes?: boolean
}

/** A cluster in memory, and everything that was asked of it: `GET pods default/a`, `EXEC default/a istio-proxy iptables-save`. */
export function fakeCluster(
  answers: FakeAnswers,
): Cluster & {asked: string[]; bodies: JsonObject[]; removed: string[]} {
  const asked: string[] = []
  const bodies: JsonObject[] = []
  const removed: string[] = []
  const nameOf = ({namespace, name}: Target) => [namespace, name].filter((part) => part !== undefined).join('/')
  const change = (verb: string, {plural}: ApiResource, target: Target, body: JsonObject): JsonObject => {
    asked.push(`${verb} ${plural}${target.subresource === undefined ? '' : `/${target.subresource}`} ${nameOf(target)}`)
    if (answers.changes !== true) throw new Error('the cluster must not be changed')
    bodies.push(body)
    return body
  }
  return {
    asked,
    bodies,
    removed,
    context: 'fake',
    namespace: 'default',
    get: async ({plural}, target) => {
      asked.push(`GET ${plural} ${nameOf(target)}`)
      const object = answers.objects?.[nameOf(target)] ?? answers.objects?.['*']
      if (object === undefined) throw new NoSuchObject('unreachable', `no ${nameOf(target)}`, 'cluster fake')
      return object()
    },
    list: async ({plural, group}, {namespace}) => {
      asked.push(`LIST ${plural} ${namespace ?? '*'}`)
      const items = answers.lists?.[group === '' ? plural : `${plural}.${group}`] ?? answers.lists?.[plural]
      if (items === undefined) throw new SourceError('forbidden', `may not list ${plural}`, 'cluster fake')
      return [...items]
    },
    create: async (resource, target, body) => change('CREATE', resource, target, body),
    patch: async (resource, target, body) => change('PATCH', resource, target, body),
    remove: async ({plural}, target) => {
      asked.push(`DELETE ${plural} ${nameOf(target)}`)
      if (answers.changes !== true) throw new Error('the cluster must not be changed')
      removed.push(nameOf(target))
    },
    may: async () => true,
    logs: async (pod, container) => {
      asked.push(`LOGS ${pod.namespace}/${pod.name} ${container}`)
      const log = answers.logs?.[container]
      if (log === undefined) throw new SourceError('unreachable', `no log of ${container}`, 'cluster fake')
      return log
    },
    exec: async (pod, container, command) => {
      asked.push(`EXEC ${pod.namespace}/${pod.name} ${container} ${command.join(' ')}`)
      return answers.exec?.(container, command) ?? {kind: 'absent', program: command[0] ?? ''}
    },
    dial: async () => {
      throw new SourceError('unreachable', 'no port is open', 'cluster fake')
    },
    close: () => undefined,
  }
}

export const done = (stdout: string, code = 0, stderr = ''): ExecResult => ({
  kind: 'done',
  code,
  stdout: Buffer.from(stdout),
  stderr,
})
