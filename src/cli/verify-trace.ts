import {UsageError} from '../errors.js'
import type {Cluster} from '../sources/kubernetes/cluster.js'
import {findClusterPod} from '../sources/kubernetes/find-pods.js'
import {objectsAt, textAt} from '../sources/kubernetes/json.js'
import {rulesReader} from '../sources/kubernetes/pod-rules.js'
import {proxyContainer} from '../sources/kubernetes/proxy-container.js'
import {sendRequest} from '../sources/kubernetes/send-request.js'
import type {TraceRequest} from '../trace/request.js'
import type {Trace} from '../trace/trace.js'
import type {Sent, Verification} from '../trace/verify/verification.js'
import {verifyTrace} from '../trace/verify/verify.js'
import {walk} from '../trace/walk.js'
import type {Suppositions} from '../xds/match/request.js'
import {rulesOptions} from './debug-flags.js'
import {openLiveMesh} from './live-mesh.js'
import {observeMesh} from './observed-mesh.js'
import {requestOf, type TraceArgs} from './trace-request.js'
import type {TracedFlags} from './traced-mesh.js'

/** What happens between the two readings. */
export interface Meanwhile {
  /** The request is sent from the client's pod. */
  send: boolean
  /** Waits until somebody else has sent it. */
  wait: () => Promise<void>
}

/** Traces in the running cluster, and holds the answer against the counters before and after the request. @throws UsageError, SourceError */
export async function verifyLive(
  args: TraceArgs & {client: string},
  flags: TracedFlags,
  suppositions: Suppositions,
  {send, wait}: Meanwhile,
): Promise<Verification> {
  const live = await openLiveMesh(args.client, flags)
  const asked = {...args, client: `${live.client.namespace}/${live.client.name}`}
  const mesh = await live.settle((known) => {
    walk(known, requestOf(known.snapshot.document, asked, flags), {suppositions})
  })
  const request = requestOf(mesh.snapshot.document, asked, flags)
  if (send && request.url === null)
    throw new UsageError('sends HTTP requests alone', '--send', 'Send it yourself, with --wait')
  const trace = walk(mesh, request, {suppositions})
  const rules = rulesReader(live.cluster, {...rulesOptions(flags), presentOnly: true})
  const warnings = new Set(live.warnings)
  const observer = {cluster: live.cluster, flags, rules, warn: (text: string) => warnings.add(text)}
  try {
    const pods = podsOf(trace)
    const before = await observeMesh(mesh, pods, observer)
    const sent = send ? await sendFrom(live.cluster, request) : await wait().then(() => null)
    const after = await observeMesh(mesh, pods, observer)
    return {...verifyTrace(trace, {before, after}, sent), warnings: [...warnings]}
  } finally {
    await rules.close()
    live.cluster.close()
  }
}

/** Pods whose namespace or proxy the request can pass. */
const podsOf = ({branches}: Trace): string[] => [
  ...new Set(
    branches
      .flatMap(({hops}) => hops)
      .flatMap((hop) => (hop.place === 'netns' || hop.place === 'proxy' ? [hop.pod] : [])),
  ),
]

/** The containers of the app: what the proxy sends is not intercepted as the app's requests are. */
async function sendFrom(cluster: Cluster, request: TraceRequest): Promise<Sent> {
  const [namespace = '', name = ''] = request.client.pod.split('/')
  const pod = await findClusterPod(cluster, `pod/${name}.${namespace}`)
  const proxy = proxyContainer(pod.object)
  const containers = objectsAt(pod.object, 'spec', 'containers').flatMap((each) => textAt(each, 'name') ?? [])
  return sendRequest(
    cluster,
    pod,
    containers.filter((container) => container !== proxy),
    {
      method: request.method ?? 'GET',
      url: request.url ?? '',
      headers: request.headers,
      httpVersion: request.httpVersion ?? '1.1',
      connectTo: request.connectTo,
    },
  )
}
