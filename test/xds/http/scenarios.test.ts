import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {matchRequest} from '../../../src/xds/match/match.js'
import type {MatchRequest, Suppositions} from '../../../src/xds/match/request.js'
import type {MatchBranch} from '../../../src/xds/match/result.js'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import type {Proxy as Envoy} from '../../../src/xds/proxy.js'
import {root} from '../../setup/run-bin.js'

/** What a running Envoy did, `times` times where the request was sent repeatedly. Members that it did not log are left out. */
interface Seen {
  status: number | null
  details?: string
  flags?: string
  route?: string
  virtualHost?: string
  cluster?: string
  path?: string
  authority?: string
  location?: string
  virtualCluster?: string
  times?: number
}

interface Question {
  method: string
  target: string
  host: string | null
  headers?: [string, string][]
  tls?: {sni: string | null; client_cert?: string}
}

interface Scenario {
  name: string
  port: number
  manager: unknown
  transport_socket?: unknown
  listener_filters?: unknown
  requests: {request: Question; seen: Seen[]}[]
}

interface Recorded {
  runtime: unknown
  clusters: string[]
  /** Clusters of which more than the name matters. */
  extraClusters?: JsonObject[]
  scenarios: Scenario[]
}

// The files are ours, made from a running Envoy's answers.
const read = (file: string): Recorded => JSON.parse(readFileSync(join(root, 'test/fixtures/xds', file), 'utf8'))
const recordings = ['http-scenarios.json', 'http-scenarios-more.json'].map(read)

const certificates: Record<string, {uriSans: string[]; dnsSans: string[]; subject: string; validated: boolean}> = {
  cli1: {uriSans: ['spiffe://td/ns/a/sa/one'], dnsSans: ['one.a.com'], subject: 'CN=client one,O=lab', validated: true},
  cli3: {uriSans: [], dnsSans: [], subject: 'CN=subject-only,O=lab', validated: true},
  clibad: {uriSans: ['spiffe://td/ns/a/sa/one'], dnsSans: [], subject: 'CN=bad client,O=lab', validated: false},
}

/** A dump with the scenario's listener alone. */
function envoyOf(recorded: Recorded, scenario: Scenario): Envoy {
  const {port, manager, transport_socket, listener_filters} = scenario
  const endpoint = {endpoint: {address: {socket_address: {address: '192.0.2.1', port_value: 9000}}}}
  const document = {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
        bootstrap: {
          node: {user_agent_build_version: {version: {major_number: 1, minor_number: 40}}},
          layered_runtime: {layers: [{name: 'static', static_layer: recorded.runtime}]},
        },
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        static_listeners: [
          {
            listener: {
              name: 'listener',
              address: {socket_address: {address: '127.0.0.1', port_value: port}},
              ...(listener_filters ? {listener_filters} : {}),
              filter_chains: [
                {filters: [{name: 'hcm', typed_config: manager}], ...(transport_socket ? {transport_socket} : {})},
              ],
            },
          },
        ],
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        static_clusters: [
          ...recorded.clusters.map((name) => ({
            cluster: {
              name,
              type: 'STATIC',
              load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: [endpoint]}]},
            },
          })),
          ...(recorded.extraClusters ?? []).map((cluster) => ({cluster})),
        ],
      },
    ],
  }
  return {dump: parseConfigDump(document, scenario.name), state: {}}
}

const requestOf = ({port}: Scenario, {method, target, host, headers, tls}: Question): MatchRequest => ({
  direction: 'direct',
  dst: {ip: '127.0.0.1', port},
  src: {ip: '127.0.0.1', port: 40000},
  proxyProtocol: null,
  protocol: 'http1',
  tls: tls ? {sni: tls.sni, alpn: [], cert: certificates[tls.client_cert ?? ''] ?? null} : null,
  http: {method, authority: host, path: target, headers: headers ?? []},
})

/** A branch in the words of what was seen. */
function told(branch: MatchBranch, {target, host, method}: Question): Omit<Seen, 'times'> {
  const {outcome, notes, rewritten} = branch
  const sent = outcome.kind === 'forwarded'
  const path = rewritten?.path ?? (method === 'CONNECT' ? undefined : target)
  const authority = rewritten?.authority ?? host ?? undefined
  const location = notes.find(({kind}) => kind === 'location')?.text
  return {
    status: outcome.status,
    details: sent ? 'via_upstream' : (outcome.details ?? ''),
    flags: outcome.responseFlags,
    ...(branch.route?.name ? {route: branch.route.name} : {}),
    ...(branch.virtualHost ? {virtualHost: branch.virtualHost} : {}),
    ...(location === undefined ? {} : {location}),
    ...(sent && branch.cluster ? {cluster: branch.cluster} : {}),
    ...(sent && path !== undefined ? {path} : {}),
    ...(sent && authority !== undefined ? {authority} : {}),
  }
}

/** Refused before routing: what the log says of host and route comes from the answer itself. */
const unrouted = new Set([
  'absolute_path_rejected',
  'path_normalization_failed',
  'missing_host_header',
  'low_version',
  'rejecting_because_detection_failed',
])

function fits(branch: MatchBranch, question: Question, seen: Seen): boolean {
  const ours = told(branch, question)
  // No log line: the codec answered.
  if (seen.details === undefined) return branch.outcome.kind !== 'forwarded' && ours.status === seen.status
  // A tunnel that the client left.
  const tunnelled = seen.details === 'downstream_remote_disconnect' && seen.cluster !== undefined
  if (tunnelled)
    return branch.outcome.kind === 'forwarded' && ours.cluster === seen.cluster && ours.route === seen.route
  const sent = seen.details === 'via_upstream'
  if (!sent && ours.status !== seen.status) return false
  if (ours.details !== seen.details || ours.location !== seen.location) return false
  if (unrouted.has(seen.details)) return true
  if (ours.route !== seen.route || ours.virtualHost !== seen.virtualHost || ours.flags !== seen.flags) return false
  return !sent || (ours.cluster === seen.cluster && ours.path === seen.path && ours.authority === seen.authority)
}

/** Every answer of Envoy is one of ours, as often as we say (within five standard deviations). */
function expectAnswers(branches: MatchBranch[], question: Question, seen: Seen[]): void {
  const total = seen.reduce((sum, {times = 1}) => sum + times, 0)
  for (const one of seen) {
    const fitting = branches.filter((branch) => fits(branch, question, one))
    expect(
      fitting,
      `${JSON.stringify(one)} among ${JSON.stringify(branches.map((b) => told(b, question)))}`,
    ).not.toEqual([])
    const share = fitting.reduce((sum, {probability}) => sum + probability, 0)
    const deviation = Math.sqrt(total * share * (1 - share))
    expect(Math.abs((one.times ?? 1) - total * share)).toBeLessThanOrEqual(5 * deviation + 1e-9)
  }
}

/** What the services that were asked then answered. */
const supposed: Record<string, Suppositions> = {
  'ext authz /deny': {ext_authz: 'deny'},
  'ext authz clear cache /allow': {'ext_authz.headers': '{"x-a": "set by the service"}'},
  'ext authz /err': {ext_authz: 'error'},
  'ext authz down /': {ext_authz: 'error'},
  'ext authz down allow /': {ext_authz: 'error'},
  // A dump hides credentials: that one is wrong has to be supposed.
  'basic auth /wrong': {basic_auth: 'deny'},
  'api key /wrong': {api_key: 'deny'},
}

describe('a connection manager, as a running Envoy 1.40 showed it', () => {
  const all = recordings.flatMap((recorded) =>
    recorded.scenarios.map((scenario) => [scenario.name, scenario, recorded] as const),
  )
  it.each(all)('%s', (name, scenario, recorded) => {
    const envoy = envoyOf(recorded, scenario)
    for (const {request, seen} of scenario.requests) {
      const suppositions = supposed[`${name} ${request.target}`] ?? {}
      const question = requestOf(scenario, request)
      expectAnswers(matchRequest(envoy, question, suppositions), request, seen)
      // Without explanation the answer is the same.
      const brief = matchRequest(envoy, question, suppositions, false)
      expect(brief.map(({probability}) => probability).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
    }
  })
})
