import type {JsonObject} from '../../../src/xds/parse/field.js'
import type {Question} from './random-cluster.js'

const type = (name: string): JsonObject => ({'@type': `type.googleapis.com/${name}`})

/**
 * A bootstrap with these clusters, and one route for each question: `/q<index>`, hashed by the header `x-key`.
 * @param local name of the cluster of this proxy's peers, itself in zone z0; null: zones do not matter.
 * @param filters HTTP filters before the router.
 */
export function upstreamBootstrap(
  clusters: JsonObject[],
  questions: Question[],
  accessLog: string,
  local: string | null,
  filters: JsonObject[] = [],
): JsonObject {
  return {
    node: {id: 'live', cluster: 'live', locality: {region: 'r', zone: 'z0'}},
    ...(local === null ? {} : {cluster_manager: {local_cluster_name: local}}),
    admin: {address: loopback},
    static_resources: {clusters, listeners: [listener(questions, accessLog, filters)]},
  }
}

const loopback = {socket_address: {address: '127.0.0.1', port_value: 0}}

const listener = (questions: Question[], accessLog: string, filters: JsonObject[]): JsonObject => ({
  name: 'questions',
  address: loopback,
  filter_chains: [
    {
      filters: [
        {
          name: 'hcm',
          typed_config: {
            ...type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
            stat_prefix: 'questions',
            route_config: {virtual_hosts: [{name: 'all', domains: ['*'], routes: questions.map(route)}]},
            http_filters: [
              ...filters,
              {name: 'router', typed_config: type('envoy.extensions.filters.http.router.v3.Router')},
            ],
            access_log: [
              {
                name: 'file',
                typed_config: {
                  ...type('envoy.extensions.access_loggers.file.v3.FileAccessLog'),
                  path: accessLog,
                  log_format: {
                    json_format: {
                      id: '%REQ(X-ID)%',
                      host: '%UPSTREAM_HOST%',
                      cluster: '%UPSTREAM_CLUSTER_RAW%',
                      flags: '%RESPONSE_FLAGS%',
                    },
                  },
                },
              },
            ],
          },
        },
      ],
    },
  ],
})

const route = ({cluster, criteria, hashed}: Question, index: number): JsonObject => ({
  match: {path: `/q${index}`},
  route: {
    cluster,
    ...(Object.keys(criteria).length > 0 ? {metadata_match: {filter_metadata: {'envoy.lb': criteria}}} : {}),
    ...(hashed ? {hash_policy: [{header: {header_name: 'x-key'}}]} : {}),
  },
})
