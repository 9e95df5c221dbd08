#!/usr/bin/env node
// Asks the questions of router_check_tool's own test data, which stays where it is: nothing of it is copied.
// usage: node exam/router-check.mjs [--cases DIR] [--show N]
// Prints right / asked for each kind of expectation. Files named *Failures* hold expectations that must fail; they are left out.
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {parse} from 'yaml'
import {matchRequest, parseConfigDump, parseMatchRequest} from '../dist/index.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const {values: flags} = parseArgs({
  options: {
    cases: {type: 'string', default: join(root, '..', 'shared', 'cases', 'router_check')},
    show: {type: 'string', default: '0'},
  },
})
const type = (name) => `type.googleapis.com/envoy.${name}`
const port = 80
const denominators = {HUNDRED: 100n, TEN_THOUSAND: 10_000n, MILLION: 1_000_000n}

/** Every value called `key` in a document. */
function* valuesOf(node, key) {
  if (node === null || typeof node !== 'object') return
  for (const [name, value] of Object.entries(node)) {
    if (name === key) yield value
    yield* valuesOf(value, key)
  }
}

/**
 * The tool answers runtime fractions itself, without a runtime: those of the test's `runtime` key hold where the random
 * value is not above the default's numerator, others never do.
 */
function withFractionsDecided(config, {runtime, random_value: random = 0}) {
  const decided = structuredClone(config)
  for (const fraction of valuesOf(decided, 'runtime_fraction')) {
    const {numerator = 0, denominator = 'HUNDRED'} = fraction.default_value ?? {}
    const holds = fraction.runtime_key === runtime && BigInt(random) % denominators[denominator] <= BigInt(numerator)
    fraction.default_value = {numerator: holds ? 100 : 0}
    fraction.runtime_key = ''
  }
  return decided
}

/** A dump with one listener that serves the route configuration, and every cluster that the test can name. */
function dumpOf(config, input) {
  const headers = (input.additional_request_headers ?? []).map(({value}) => value)
  const names = new Set([...valuesOf(config, 'cluster'), ...valuesOf(config, 'name'), input.authority, ...headers])
  const manager = {
    '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    // The tool sets x-forwarded-proto and x-envoy-internal itself: here a trusted hop and the peer's address bring them about.
    use_remote_address: true,
    xff_num_trusted_hops: 1,
    internal_address_config: {cidr_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}]},
    route_config: {name: 'checked', ...config},
    http_filters: [
      {name: 'envoy.filters.http.router', typed_config: {'@type': type('extensions.filters.http.router.v3.Router')}},
    ],
  }
  const listener = {
    name: 'checked',
    address: {socket_address: {address: '0.0.0.0', port_value: port}},
    filter_chains: [{filters: [{name: 'envoy.filters.network.http_connection_manager', typed_config: manager}]}],
  }
  const endpoint = {endpoint: {address: {socket_address: {address: '192.0.2.9', port_value: 80}}}}
  const clusters = [...names]
    .filter((name) => typeof name === 'string' && name !== '')
    .map((name) => ({
      cluster: {name, type: 'STATIC', load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: [endpoint]}]}},
    }))
  return {
    configs: [
      {'@type': type('admin.v3.ListenersConfigDump'), static_listeners: [{listener}]},
      {'@type': type('admin.v3.ClustersConfigDump'), static_clusters: clusters},
    ],
  }
}

function requestOf(input) {
  const headers = (input.additional_request_headers ?? []).map(({key, value}) => [key, value])
  return parseMatchRequest(
    {
      direction: 'direct',
      dst: `203.0.113.1:${port}`,
      src: `${input.internal ? '10.0.0.1' : '192.0.2.1'}:40000`,
      protocol: 'http1',
      tls: null,
      http: {
        method: input.method ?? 'GET',
        authority: input.authority,
        path: input.path,
        headers: [['x-forwarded-proto', input.ssl ? 'https' : 'http'], ...headers],
      },
    },
    'router check',
  )
}

/** What the tool would print, from our answer: names of hosts and clusters only where the request is forwarded. */
function answersOf(config, input) {
  const envoy = {dump: parseConfigDump(dumpOf(withFractionsDecided(config, input), input), 'router check'), state: {}}
  const metadata = {}
  for (const {metadata_namespace: namespace, value, allow_overwrite: overwrites} of input.dynamic_metadata ?? [])
    if (overwrites || !(namespace in metadata)) metadata[namespace] = {...metadata[namespace], ...value}
  const suppositions = {random: String(input.random_value ?? 0), dynamic_metadata: JSON.stringify(metadata)}
  const branches = matchRequest(envoy, requestOf(input), suppositions)
  if (branches.length !== 1) return {ways: branches.length}
  const [branch] = branches
  const sent = branch.outcome.kind === 'forwarded'
  // Of a direct response the tool prints the request's own URL, whether or not Envoy would send it.
  const own = `${input.ssl ? 'https' : 'http'}://${input.authority}${input.path}`
  const redirected = branch.outcome.details === 'direct_response' ? own : ''
  const location = branch.notes.find(({kind}) => kind === 'location')?.text ?? redirected
  return {
    cluster_name: sent ? branch.cluster : '',
    virtual_cluster_name: branch.virtualCluster ?? '',
    virtual_host_name: sent ? branch.virtualHost : '',
    path_rewrite: sent ? (branch.rewritten?.path ?? input.path) : '',
    host_rewrite: sent ? (branch.rewritten?.authority ?? input.authority) : '',
    path_redirect: location,
    code_redirect: sent ? 0 : branch.outcome.status,
  }
}

if (!existsSync(flags.cases)) {
  console.log(`router-check: ${flags.cases} is not here, skipped`)
  process.exit(0)
}
const kinds = [
  'cluster_name',
  'virtual_cluster_name',
  'virtual_host_name',
  'path_rewrite',
  'host_rewrite',
  'path_redirect',
  'code_redirect',
]
const scores = Object.fromEntries(kinds.map((kind) => [kind, {right: 0, asked: 0}]))
const wrong = []
for (const file of readdirSync(flags.cases).sort()) {
  const name = file.match(/^(.+)\.golden\.proto\.(?:json|yaml)$/)?.[1]
  if (name === undefined || name.includes('Failures')) continue
  const config = parse(readFileSync(join(flags.cases, `${name}.yaml`), 'utf8'))
  const {tests} = parse(readFileSync(join(flags.cases, file), 'utf8'))
  for (const {test_name: test, input, validate} of tests) {
    const answers = answersOf(config, input)
    for (const kind of kinds.filter((each) => validate[each] !== undefined)) {
      scores[kind].asked += 1
      if (answers[kind] === validate[kind]) scores[kind].right += 1
      else
        wrong.push(`${file} ${test}: ${kind} is ${JSON.stringify(answers)}, expected ${JSON.stringify(validate[kind])}`)
    }
  }
}
for (const line of wrong.slice(0, Number(flags.show))) console.log(`WRONG ${line}`)
for (const [kind, {right, asked}] of Object.entries(scores))
  console.log(`router-check ${kind}: ${right} of ${asked} right`)
