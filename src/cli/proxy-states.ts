import {isSidetraceError, SourceError} from '../errors.js'
import {podFolder, podId} from '../snapshot/pod-name.js'
import type {Snapshot} from '../snapshot/snapshot.js'
import {askBytes} from '../sources/admin-point.js'
import {openSnapshot} from '../sources/open-snapshot.js'
import type {Found} from '../views/json/proxy-status.js'
import {isObject} from '../xds/parse/field.js'
import {proxyState} from '../xds/status/proxy-state.js'
import {type ClusterFlags, inNamespace, openCluster, pointOf} from './cluster-flags.js'

/** Which proxies are asked. */
export interface ProxiesFlags extends ClusterFlags {
  from?: string | undefined
  selector?: string | undefined
}

/** The proxies that were asked, and the time that their ages are counted from (RFC 3339). */
export interface ProxyStates {
  found: Found[]
  asOf: string | null
}

const dumpPath = '/config_dump?include_eds'

/** Asks all proxies of a cluster or a snapshot, or the one of `pod`. @throws UsageError, SourceError */
export const readProxyStates = (pod: string | undefined, flags: ProxiesFlags): Promise<ProxyStates> =>
  flags.from === undefined ? ofCluster(pod, flags) : ofSnapshot(pod, flags.from, flags)

async function ofSnapshot(pod: string | undefined, from: string, {namespace}: ProxiesFlags): Promise<ProxyStates> {
  const [snapshot, {findPod}] = await Promise.all([openSnapshot(from), import('../snapshot/pod-name.js')])
  const named = pod === undefined ? snapshot.document.pods : [findPod(snapshot.document, inNamespace(pod, namespace))]
  const pods = pod === undefined ? named.filter((one) => namespace === undefined || one.namespace === namespace) : named
  const found = pods.flatMap((facts): Found[] => {
    const path = `${podFolder(facts)}/config_dump.json`
    const state = stateIn(snapshot, path)
    if (state !== null) return [{pod: podId(facts), state}]
    return facts.sidecar === true ? [{pod: podId(facts), reason: 'the snapshot does not hold its configuration'}] : []
  })
  return {found, asOf: snapshot.document.capturedAt ?? null}
}

function stateIn(snapshot: Snapshot, path: string) {
  const bytes = snapshot.bytes(path)
  return bytes === null ? null : stateOf(bytes, path)
}

function stateOf(bytes: Uint8Array, where: string) {
  try {
    const dump: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (isObject(dump)) return proxyState(dump)
  } catch {
    // Said below, as is JSON of another kind.
  }
  throw new SourceError('unreachable', 'is no config dump', where)
}

async function ofCluster(pod: string | undefined, flags: ProxiesFlags): Promise<ProxyStates> {
  const cluster = await openCluster(flags)
  const {findProxies} = await import('../sources/kubernetes/find-proxies.js')
  const pods = await findProxies(cluster, pod, flags)
  const found = await Promise.all(
    pods.map(async (one): Promise<Found> => {
      try {
        const point = await pointOf(cluster, one, flags)
        return {pod: podId(one), state: stateOf(await askBytes(point, dumpPath), point.where)}
      } catch (error) {
        // One pod that was named, or a right that is missing for all, is the answer itself.
        if (!isSidetraceError(error) || pods.length === 1 || error.exit === 77) throw error
        return {pod: podId(one), reason: error.failure.what}
      }
    }),
  )
  return {found, asOf: new Date().toISOString()}
}
