import {
  accessLog,
  connectionManager,
  downstreamTls,
  filter,
  onlyUnmatched,
  originalDst,
  originalSrc,
  type Setting,
  socket,
  tcpProxy,
  tlsInspector,
} from './envoy-shapes.js'
import type {PodPlan} from './plan.js'

const rbac = (action: string, policies: object) =>
  filter('envoy.filters.http.rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {rules: {action, policies}})

function policiesOf({allowed, denied}: PodPlan): object[] {
  const principal = (name: string) => ({authenticated: {principal_name: {exact: name}}})
  return [
    ...(denied === null
      ? []
      : [
          rbac('DENY', {
            'ns[default]-policy[deny]-rule[0]': {
              permissions: [{url_path: {path: {prefix: denied}}}],
              principals: [{any: true}],
            },
          }),
        ]),
    ...(allowed === null
      ? []
      : [
          rbac('ALLOW', {
            'ns[default]-policy[allow]-rule[0]': {permissions: [{any: true}], principals: allowed.map(principal)},
          }),
        ]),
  ]
}

function inboundChains(setting: Setting): object[] {
  const {pod} = setting
  const routes = {
    name: 'inbound|9080||',
    virtual_hosts: [
      {
        name: 'inbound|http|9080',
        domains: ['*'],
        routes: [{name: 'default', match: {prefix: '/'}, route: {cluster: 'inbound|9080||'}}],
      },
    ],
  }
  const http = () => [connectionManager(setting, 'virtualInbound', routes, policiesOf(pod))]
  const tcp = () => [tcpProxy(setting, 'virtualInbound', 'inbound|7070||')]
  const secured = (port: number, filters: object[]) => ({
    name: `0.0.0.0_${port}`,
    filter_chain_match: {
      destination_port: port,
      transport_protocol: 'tls',
      application_protocols: ['istio', 'istio-peer-exchange'],
    },
    transport_socket: downstreamTls,
    filters,
  })
  const plain = (port: number, filters: object[]) =>
    pod.mtls === 'STRICT'
      ? []
      : [
          {
            name: `0.0.0.0_${port}`,
            filter_chain_match: {destination_port: port, transport_protocol: 'raw_buffer'},
            filters,
          },
        ]
  return [
    {
      name: 'virtualInbound-blackhole',
      filter_chain_match: {destination_port: 15006},
      filters: [tcpProxy(setting, 'virtualInbound', 'BlackHoleCluster')],
    },
    {
      name: 'virtualInbound-catchall',
      filter_chain_match: {transport_protocol: 'raw_buffer'},
      filters: [tcpProxy(setting, 'virtualInbound', 'InboundPassthroughCluster')],
    },
    secured(9080, http()),
    ...plain(9080, http()),
    secured(7070, tcp()),
    ...plain(7070, tcp()),
  ]
}

export const inboundListener = (setting: Setting): object => ({
  name: 'virtualInbound',
  address: socket('0.0.0.0', 15006),
  ...(setting.pod.interception === 'TPROXY' && {transparent: true}),
  traffic_direction: 'INBOUND',
  listener_filters: [originalDst, ...(setting.pod.interception === 'TPROXY' ? [originalSrc] : []), tlsInspector],
  access_log: [{...accessLog(setting.log, 'virtualInbound'), filter: onlyUnmatched}],
  filter_chains: inboundChains(setting),
})
