import {isSidetraceError, SourceError} from '../../errors.js'
import type {AdminAnswer, AdminOptions, AdminPoint} from '../admin-point.js'
import {askByExec} from './admin-exec.js'
import {askOverForward} from './admin-forward.js'
import {pods} from './api-resource.js'
import type {Cluster, PodRef} from './cluster.js'
import type {JsonObject} from './json.js'
import {ClosedPort} from './pod-failure.js'
import {adminPortOf, defaultAdminPort, proxyContainer, troubleOf} from './proxy-container.js'

export interface PodAdminOptions {
  /** Envoy's admin port; by default the one that the pod's proxy configuration names, and 15000. */
  port?: number | undefined
  timeoutMs?: number | undefined
  /** The pod's object, where it is known already. */
  pod?: JsonObject | null | undefined
  /** Told once by which way the proxy is asked, where that is not a forwarded port. */
  onWay?: ((sentence: string) => void) | undefined
}

/**
 * The Envoy of a pod. It is asked through a forwarded port; where this user may not do that, by a program of the proxy's own container. Only what
 * the chosen way needs is asked of the cluster; the pod's object is read when something fails, to say why.
 */
export function podAdmin(cluster: Cluster, ref: PodRef, options: PodAdminOptions = {}): AdminPoint {
  const point = {
    where: `${ref.namespace}/${ref.name}`,
    hint: 'Is it Envoy’s admin port? Name another with --proxy-admin-port',
  }
  let byExec: SourceError | null = null
  let pod: Promise<JsonObject | null> | null = options.pod ? Promise.resolve(options.pod) : null
  const podObject = (): Promise<JsonObject | null> => {
    pod ??= readPod(cluster, ref)
    return pod
  }
  const port = options.port ?? (options.pod ? adminPortOf(options.pod) : defaultAdminPort)
  const forward = async (path: string, asked: AdminOptions): Promise<AdminAnswer> => {
    try {
      return await askOverForward(cluster, ref, port, path, asked, point)
    } catch (error) {
      // Without a flag the pod may say itself where the port was moved to.
      const moved = error instanceof ClosedPort && options.port === undefined ? adminPortOf(await podObject()) : null
      if (moved === null || moved === port) throw error
      return askOverForward(cluster, ref, moved, path, asked, point)
    }
  }
  const exec = async (path: string, asked: AdminOptions, refusal: SourceError): Promise<AdminAnswer> => {
    const object = await podObject()
    const container = proxyContainer(object) ?? 'istio-proxy'
    const answer = await askByExec(cluster, ref, container, options.port ?? adminPortOf(object), path, asked).catch(
      (error: unknown) => {
        throw isForbidden(error) ? neitherWay(refusal, error) : error
      },
    )
    if (byExec === null)
      options.onWay?.(`${point.where} is asked by ${answer.program} in ${container}: ${refusal.failure.what}`)
    byExec = refusal
    return answer
  }
  return {
    ...point,
    ask: async (path, {timeoutMs = options.timeoutMs, ...others} = {}) => {
      const asked = {...others, ...(timeoutMs === undefined ? {} : {timeoutMs})}
      try {
        if (byExec !== null) return await exec(path, asked, byExec)
        return await forward(path, asked).catch((error: unknown) => {
          if (isForbidden(error)) return exec(path, asked, error)
          throw error
        })
      } catch (error) {
        throw await explained(error, point.where, podObject)
      }
    },
  }
}

const isForbidden = (error: unknown): error is SourceError => error instanceof SourceError && error.exit === 77

/** The pod's object, or null where it cannot be had: it only explains. */
async function readPod(cluster: Cluster, {namespace, name}: PodRef): Promise<JsonObject | null> {
  try {
    return await cluster.get(pods, {namespace, name})
  } catch (error) {
    if (isSidetraceError(error)) return null
    throw error
  }
}

/** The first refusal counts: its Role is the one that is worth having. */
const neitherWay = ({failure}: SourceError, second: SourceError): SourceError =>
  new SourceError(
    'forbidden',
    `${failure.what}, nor ${second.failure.what.replace(/^.*?may not /, '')}`,
    failure.where,
    failure.hint,
    {
      cause: second,
      ...(failure.remedy === undefined ? {} : {remedy: failure.remedy}),
    },
  )

/** What the pod itself says is wrong with it, in place of what the stream into it failed with. */
async function explained(error: unknown, where: string, podObject: () => Promise<JsonObject | null>): Promise<unknown> {
  if (!(error instanceof SourceError) || error.exit === 77) return error
  const pod = await podObject()
  const trouble = pod === null ? null : troubleOf(pod, proxyContainer(pod))
  if (trouble === null) return error
  const {what, hint} = error.failure
  return new SourceError('unreachable', `${trouble}: ${what}`, where, hint, {cause: error})
}
