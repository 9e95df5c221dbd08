import {formatSocketAddress} from '../../address/socket-address.js'
import {UsageError} from '../../errors.js'
import {editMesh} from '../edit.js'
import type {Mesh} from '../mesh.js'
import type {TraceRequest} from '../request.js'
import type {AppHop, Hop, Outcome, Trace, TraceBranch} from '../trace.js'
import {type WalkOptions, walk} from '../walk.js'
import {isIntercepted} from './change-interception.js'
import {type Figures, figuresOf} from './figures.js'
import type {InterceptionMode} from './mode.js'
import {type Probes, probe} from './probe.js'

/** A request's way under one interception, with what it costs and what else holds there. */
export interface InterceptedWay {
  mode: InterceptionMode | 'captured'
  outcome: Outcome
  /** Of the way that is described: the likeliest; the others differ by what chance decides. */
  probability: number
  branches: number
  /** Processes on the way: `app default/sleep`, `proxy default/reviews`. */
  path: string[]
  figures: Figures
  /** Where the client's socket is connected to, as it sees it itself (getpeername). */
  clientSees: string | null
  /** Who the accepting app believes to be asked by (its peer's address). */
  appSees: string | null
  /** The address of the client's pod. */
  client: string | null
  probes: Probes
  /** What is worse than where everything is intercepted and hidden from nobody. */
  breaks: Break[]
}

/** Something that does not work in a mode, or not as rules would have it. */
export type Break =
  /** No proxy is on the client's side, or on the server's: its policies, telemetry and mTLS do not hold. */
  | {kind: 'no-proxy'; side: 'client' | 'server'}
  /** The app sees another address than the client's. */
  | {kind: 'source-hidden'; sees: string; client: string}
  /** The client's socket shows another peer than the app asked for. */
  | {kind: 'peer-hidden'; shows: string; asked: string}
  /** An app that runs as the proxy's user or in its group goes past the proxy. */
  | {kind: 'exempt'; id: 'uid' | 'gid'; value: number}
  /** Being in the proxy's group does not exempt an app, as Istio's rules would. */
  | {kind: 'group-not-exempt'; gid: number}
  /** An exclusion of the pod is not kept. */
  | {kind: 'exclusion-ignored'; what: string}
  /** Questions for names do not come to the sidecar, which answers them under the captured interception. */
  | {kind: 'dns-not-taken'; server: string}
  /** Who is outside the mesh reaches the app past its proxy. */
  | {kind: 'open-from-outside'; to: string}
  /** It ends otherwise than as captured. */
  | {kind: 'ends-otherwise'; captured: Outcome; here: Outcome}

export interface InterceptionComparison {
  request: TraceRequest
  ways: InterceptedWay[]
}

/** Walks the request under each interception, and under the captured one as the measure. */
export function compareInterceptions(
  mesh: Mesh,
  request: TraceRequest,
  modes: readonly (InterceptionMode | 'captured')[],
  options: WalkOptions = {},
): InterceptionComparison {
  const captured = measured(mesh, request, 'captured', options)
  refuseMosn(mesh, captured)
  return {
    request,
    ways: modes.map((mode) => {
      if (mode === 'captured') return withBreaks(captured, captured)
      const edited = editMesh(mesh, [{kind: 'interception', mode, pod: null}])
      return withBreaks(measured(edited, request, mode, options), captured)
    }),
  }
}

/** How traffic comes to a MOSN its own configuration says, which these ways would not change. */
function refuseMosn(mesh: Mesh, {path}: Measured): void {
  const pods = path.flatMap((name) => name.split(' ')[1] ?? [])
  const other = pods.find((pod) => mesh.pod(pod)?.mosn !== undefined)
  if (other !== undefined)
    throw new UsageError(
      `compares ways to an Envoy, and ${other} has a MOSN`,
      '--compare-interception',
      'Ask for the trace itself: it shows how the MOSN comes to see the request',
    )
}

type Measured = Omit<InterceptedWay, 'breaks'> & {asked: string | null; hasProxies: {client: boolean; server: boolean}}

const likeliest = ({branches}: Trace): TraceBranch | undefined =>
  branches.toSorted((a, b) => b.probability - a.probability)[0]

const unknown: Outcome = {kind: 'unknown', status: null, responseFlags: '-', details: null, by: null}

function measured(mesh: Mesh, request: TraceRequest, mode: Measured['mode'], options: WalkOptions): Measured {
  const trace = walk(mesh, request, {...options, explain: false})
  const branch = likeliest(trace)
  const hops = branch?.hops ?? []
  const [first] = hops
  const last = hops.findLast((hop): hop is AppHop => hop.place === 'app' && hop !== first)
  const client = mesh.pod(request.client.pod)
  const server = last?.pod === null || last?.pod === undefined ? null : mesh.pod(last.pod)
  return {
    mode,
    outcome: branch?.outcome ?? unknown,
    probability: branch?.probability ?? 1,
    branches: trace.branches.length,
    path: hops.flatMap((hop) => pathName(hop)),
    figures:
      branch === undefined
        ? {connections: [], stackPasses: 0, conntrack: 0, conntrackOnNodes: 0}
        : figuresOf(mesh, branch),
    clientSees: clientSees(hops),
    appSees: last?.entered?.src ?? null,
    client: client?.facts?.ip ?? null,
    probes: probe(mesh, request, {...trace, branches: branch === undefined ? [] : [branch]}),
    asked: first?.place === 'app' ? first.address : null,
    hasProxies: {
      client: client !== null && isIntercepted(client),
      server: server !== null && isIntercepted(server),
    },
  }
}

const pathName = (hop: Hop): string[] => {
  if (hop.place === 'app') return [`app ${hop.pod ?? hop.host ?? hop.address ?? ''}`]
  return hop.place === 'proxy' ? [`proxy ${hop.pod}`] : []
}

/** Rules change packets behind the socket's back; what a hook or a registry changed the socket knows. */
const clientSees = (hops: readonly Hop[]): string | null => {
  const hop = hops.find((each) => each.place === 'netns')
  return hop === undefined ? null : formatSocketAddress({ip: hop.entered.dst, port: hop.entered.dport ?? 0})
}

const outcomeText = ({kind, status, by}: Outcome): string =>
  [kind, status, by?.pod ?? by?.address ?? null].filter((part) => part !== null).join(' ')

function withBreaks({asked, hasProxies, ...way}: Measured, captured: Measured): InterceptedWay {
  const {path, probes, appSees, client, clientSees: shows, outcome} = way
  const clientPod = path[0]?.replace(/^app /, '') ?? ''
  // A pod that calls itself goes out and in.
  const passes = (pod: string, times = 1): boolean => path.filter((name) => name === `proxy ${pod}`).length >= times
  const server =
    path.at(-1)?.startsWith('app ') === true && path.length > 1 ? path.at(-1)?.slice('app '.length) : undefined
  const breaks: Break[] = []
  if (hasProxies.client && !passes(clientPod)) breaks.push({kind: 'no-proxy', side: 'client'})
  if (hasProxies.server && server !== undefined && !passes(server, server === clientPod ? 2 : 1))
    breaks.push({kind: 'no-proxy', side: 'server'})
  if (outcomeText(outcome) !== outcomeText(captured.outcome) && way.branches === captured.branches)
    breaks.push({kind: 'ends-otherwise', captured: captured.outcome, here: outcome})
  if (appSees !== null && client !== null && appSees !== client)
    breaks.push({kind: 'source-hidden', sees: appSees, client})
  if (shows !== null && asked !== null && shows !== asked) breaks.push({kind: 'peer-hidden', shows, asked})
  return {...way, breaks: [...breaks, ...ofProbes(probes, captured.probes, breaks)]}
}

/** A mode that takes nothing of the client exempts nobody in particular. */
function ofProbes(probes: Probes, captured: Probes, before: readonly Break[]): Break[] {
  const {proxyUser, proxyGroup, excludedPort, excludedRange, dns, fromOutside} = probes
  const takesNothing = before.some((one) => one.kind === 'no-proxy' && one.side === 'client')
  const exempt: Break[] = takesNothing
    ? []
    : [
        ...(proxyUser !== null && !proxyUser.taken
          ? [{kind: 'exempt' as const, id: 'uid' as const, value: proxyUser.id}]
          : []),
        ...(proxyGroup !== null && !proxyGroup.taken
          ? [{kind: 'exempt' as const, id: 'gid' as const, value: proxyGroup.id}]
          : []),
        ...(proxyGroup?.taken === true && captured.proxyGroup?.taken === false
          ? [{kind: 'group-not-exempt' as const, gid: proxyGroup.id}]
          : []),
      ]
  return [
    ...exempt,
    ...(excludedPort?.taken === true ? [{kind: 'exclusion-ignored' as const, what: `port ${excludedPort.port}`}] : []),
    ...(excludedRange?.taken === true ? [{kind: 'exclusion-ignored' as const, what: excludedRange.ip}] : []),
    ...(dns?.taken === false && captured.dns?.taken === true
      ? [{kind: 'dns-not-taken' as const, server: dns.server}]
      : []),
    ...(fromOutside?.taken === false ? [{kind: 'open-from-outside' as const, to: fromOutside.to}] : []),
  ]
}
