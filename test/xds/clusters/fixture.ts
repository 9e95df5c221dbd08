import type {DownstreamConnection} from '../../../src/xds/match/connection.js'
import type {HostNeed} from '../../../src/xds/match/http-verdict.js'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import type {Proxy as Envoy, ProxyState} from '../../../src/xds/proxy.js'

/** An Envoy with these clusters, and with these ClusterLoadAssignments in its endpoints section. */
export function envoyWith(clusters: JsonObject[], assignments: JsonObject[] = [], state: ProxyState = {}): Envoy {
  const document = {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        dynamic_active_clusters: clusters.map((cluster) => ({cluster})),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.EndpointsConfigDump',
        dynamic_endpoint_configs: assignments.map((endpoint_config) => ({endpoint_config})),
      },
    ],
  }
  return {dump: parseConfigDump(document, 'test'), state}
}

export const endpoint = (address: string, more: JsonObject = {}): JsonObject => {
  const [host, port] = address.split(':')
  return {endpoint: {address: {socket_address: {address: host, port_value: Number(port)}}}, ...more}
}

/** A static cluster with these localities. */
export const staticCluster = (name: string, endpoints: JsonObject[], more: JsonObject = {}): JsonObject => ({
  name,
  type: 'STATIC',
  load_assignment: {cluster_name: name, endpoints},
  ...more,
})

export const httpNeed: HostNeed = {
  subset: {},
  hashKeys: null,
  clusterNotFoundStatus: 503,
  request: {method: 'GET', authority: 'a.com', path: '/', headers: []},
}

export const withHeader = (name: string, value: string): HostNeed => ({
  ...httpNeed,
  request: {method: 'GET', authority: 'a.com', path: '/', headers: [[name, value]]},
})

export const tcpNeed: HostNeed = {...httpNeed, request: null}

export const connection: DownstreamConnection = {
  peer: null,
  remote: null,
  local: {ip: '10.0.0.1', port: 80},
  originalDestination: null,
  tls: null,
  terminatesTls: false,
  inspected: {serverName: '', transportProtocol: 'raw_buffer', applicationProtocols: []},
  protocol: 'http1',
}

/** Address to probability, for a cluster that forwards. */
export function shares(envoy: Envoy, cluster: string, need: HostNeed = httpNeed): Record<string, number> {
  const choices = chooseUpstream(envoy, cluster, need, connection)
  return Object.fromEntries(
    choices.flatMap((choice) =>
      choice.endpoints.map(({address, probability}) => [address, choice.probability * probability]),
    ),
  )
}
