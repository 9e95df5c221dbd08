import {DataError} from '../../../errors.js'
import {parseConfigDump} from '../../parse/config-dump.js'
import {camelCase, isObject, type JsonObject, member, object, string} from '../../parse/field.js'
import type {Proxy as Envoy} from '../../proxy.js'
import {readFraction} from '../../runtime.js'
import type {TestPreset} from '../route-test.js'

/** Where requests reach the Envoy that stands for router_check_tool. */
export const toolAddress = '203.0.113.1:80'

const type = (name: string): string => `type.googleapis.com/envoy.${name}`

/**
 * An Envoy that does what router_check_tool does with a bare RouteConfiguration: one listener, no filter but the router, and
 * every cluster that is named has a healthy endpoint.
 * @param names clusters that requests name
 * @param preset null leaves runtime fractions to chance
 * @throws DataError for what is no RouteConfiguration
 */
export function toolProxy(config: unknown, where: string, names: readonly string[], preset: TestPreset | null): Envoy {
  if (!isObject(config) || member(config, 'virtual_hosts') === undefined)
    throw new DataError('is no RouteConfiguration: it has no virtual_hosts', where)
  const decided = preset === null ? config : asObject(withFractionsDecided(config, preset))
  const clusters = new Set([...valuesOf(config, ['cluster', 'name']), ...names].filter((name) => name !== ''))
  const document = {
    configs: [
      {'@type': type('admin.v3.ListenersConfigDump'), static_listeners: [{listener: listenerOf(decided)}]},
      {'@type': type('admin.v3.ClustersConfigDump'), static_clusters: [...clusters].map(clusterOf)},
    ],
  }
  return {dump: parseConfigDump(document, where), state: {}}
}

/** The tool sets x-forwarded-proto and x-envoy-internal itself: here a trusted hop and the peer's address bring them about. */
function listenerOf(config: JsonObject): JsonObject {
  const manager = {
    '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    use_remote_address: true,
    xff_num_trusted_hops: 1,
    internal_address_config: {cidr_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}]},
    route_config: {name: 'checked', ...config},
    http_filters: [
      {name: 'envoy.filters.http.router', typed_config: {'@type': type('extensions.filters.http.router.v3.Router')}},
    ],
  }
  return {
    name: 'checked',
    address: {socket_address: {address: '0.0.0.0', port_value: 80}},
    filter_chains: [{filters: [{name: 'envoy.filters.network.http_connection_manager', typed_config: manager}]}],
  }
}

const endpoint = {endpoint: {address: {socket_address: {address: '192.0.2.9', port_value: 80}}}}

const clusterOf = (name: string): JsonObject => ({
  cluster: {name, type: 'STATIC', load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: [endpoint]}]}},
})

/** Every text under one of these names, anywhere in a document. */
function* valuesOf(node: unknown, names: readonly string[]): Generator<string> {
  if (typeof node !== 'object' || node === null) return
  for (const [name, value] of Object.entries(node)) {
    if (typeof value === 'string' && names.includes(name)) yield value
    yield* valuesOf(value, names)
  }
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {})

const fractionField = 'runtime_fraction'

/**
 * The tool has no runtime: a fraction holds where its key is the one that the case sets and the random value is not above
 * the default's numerator; all others never do.
 */
function withFractionsDecided(node: unknown, preset: TestPreset): unknown {
  if (Array.isArray(node)) return node.map((each) => withFractionsDecided(each, preset))
  if (!isObject(node)) return node
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => {
      const isFraction = (name === fractionField || name === camelCase(fractionField)) && isObject(value)
      return [name, isFraction ? decidedFraction(value, preset) : withFractionsDecided(value, preset)]
    }),
  )
}

function decidedFraction(fraction: JsonObject, {runtime, random}: TestPreset): JsonObject {
  const {of, taken} = readFraction(object(fraction, 'default_value') ?? {})
  const holds = runtime !== '' && string(fraction, 'runtime_key') === runtime && random % BigInt(of) <= BigInt(taken)
  return {default_value: {numerator: holds ? 100 : 0}}
}
