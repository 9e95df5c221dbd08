import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {OutcomeKind, ProxyHop, TraceBranch} from '../../../src/trace/trace.js'
import {findRemedy} from '../../../src/views/remedy/find-remedy.js'
import {noFacts} from '../../../src/views/story/story.js'
import {root} from '../../setup/run-bin.js'
import {get} from '../../trace/mesh-of-sample.js'

/** What an Envoy's evaluator gives as details, read from its source: what stands beside `details:` or in an answer of a filter. */
function detailsInSource(): string[] {
  const folder = join(root, 'src/xds/match')
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.ts'))
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'))
  const patterns = [
    /details: '([^']+)'/g,
    /(?:reply|responded|connectionClosed)\([^;\n]*'([a-z0-9]+[_.][a-z0-9_.]+)'\)/g,
    /details\('([^']+)'/g,
  ]
  return [
    ...new Set(
      texts.flatMap((text) =>
        patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, found]) => found ?? [])),
      ),
    ),
  ]
}

/** Details that are put together there, as a real Envoy has them. */
const composed = [
  'rbac_access_denied_matched_policy[none]',
  'rbac_access_denied_matched_policy[ns[a]-policy[b]-rule[0]]',
  'jwt_authn_access_denied{Jwt_is_missing}',
  'no_credential_for_basic_auth',
  'unknown_api_key',
  'health_check_ok_cluster_healthy',
  'fault_filter_abort',
  'direct_response',
  'route_not_found',
  'upstream_reset_before_response_started{overflow}',
  'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
  'upstream_reset_before_response_started{connection_timeout}',
  'upstream_reset_before_response_started{connection_termination}',
  'http2.invalid.header.field',
]

const by = {place: 'proxy' as const, pod: 'default/server', address: '10.0.0.2:80'}

const hop: ProxyHop = {
  place: 'proxy',
  pod: 'default/server',
  direction: 'inbound',
  listener: 'virtualInbound',
  filterChain: {name: 'c', index: 0},
  routeConfig: 'r',
  virtualHost: 'v',
  route: {name: 'way', index: 0},
  cluster: 'outbound|80||server.default.svc.cluster.local',
  rewritten: null,
  endpoint: null,
  endpoints: [],
  transport: null,
  outcome: {kind: 'responded', status: 500, responseFlags: '-', details: null},
  notes: [],
  entered: {src: '10.0.0.1', sport: 1, dst: '10.0.0.2', dport: 80},
  left: null,
  steps: [
    {
      at: '$.configs[0]',
      level: 'http filter',
      decided: 'envoy.filters.http.some',
      because: [],
      passedOver: [
        {at: '$.configs[1]', name: 'other', check: {field: 'path', want: 'prefix /a', got: '/b', holds: 'no'}},
      ],
    },
  ],
}

function failure(kind: OutcomeKind, details: string | null, responseFlags = '-'): TraceBranch {
  const status = kind === 'responded' ? 500 : null
  const own = kind === 'responded' || kind === 'reset' ? kind : 'unknown'
  const last: ProxyHop = {...hop, outcome: {kind: own, status, responseFlags, details}}
  return {
    probability: 1,
    outcome: {kind, status, responseFlags, details, by},
    cause: null,
    hops: [
      {place: 'app', pod: 'default/client', host: null, address: null, entered: null, left: null, steps: []},
      last,
    ],
    assumptions: [],
    warnings: [],
  }
}

/** In words, and with something to change, or said that there is nothing. */
function expectRemedy(branch: TraceBranch): void {
  const remedy = findRemedy(get('default/client', 'http://server/'), branch, noFacts)
  expect(remedy?.says ?? '').toMatch(/\w+ \w+/)
  expect(remedy?.lines.map(({label}) => label)).toContain('to change')
  const text = JSON.stringify(remedy)
  expect(text).not.toMatch(/undefined|null|\[object/)
}

describe('every way that a request can fail has a remedy', () => {
  const all = [...new Set([...detailsInSource(), ...composed])]

  it('is asked of what the evaluator really gives', () => {
    expect(all).toEqual(
      expect.arrayContaining(['missing_host_header', 'upgrade_failed', 'cluster_not_found', 'cdn_loop_detected']),
    )
    expect(all.length).toBeGreaterThan(30)
  })

  it.each(all)('answered with details %s', (details) => expectRemedy(failure('responded', details)))

  it.each(['-', 'NR', 'UH', 'UF', 'UC', 'UO', 'NC', 'URX', 'UF,URX', 'UAEX', 'RL', 'DPE', 'FI'])(
    'closed with flags %s',
    (flags) => expectRemedy(failure('reset', null, flags)),
  )

  it.each<OutcomeKind>(['refused', 'unreachable', 'dropped', 'rejected', 'timeout', 'loop', 'unknown'])(
    'that ends as %s',
    (kind) => expectRemedy(failure(kind, null)),
  )
})
