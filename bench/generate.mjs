// Writes dumps of any size for the benchmark.
import {closeSync, openSync, writeSync} from 'node:fs'
import {
  assignment,
  bareCluster,
  cluster,
  clusterStatus,
  eachSubset,
  httpPorts,
  listeners,
  makeServices,
  routeConfig,
  type,
} from './mesh.mjs'

/** Writes JSON as Envoy does, indented by one blank, item by item. */
class Writer {
  constructor(path) {
    this.file = openSync(path, 'w')
    this.parts = []
    this.length = 0
  }

  text(text) {
    this.parts.push(text)
    this.length += text.length
    if (this.length > 1 << 22) this.flush()
  }

  list(items) {
    let separator = ''
    for (const item of items) {
      this.text(separator + JSON.stringify(item, null, 1))
      separator = ',\n'
    }
  }

  section(name, lists) {
    this.text(`{"@type": "${type(`envoy.admin.v3.${name}`)}"`)
    for (const [list, items] of Object.entries(lists)) {
      this.text(`,\n"${list}": [\n`)
      this.list(items)
      this.text(']')
    }
    this.text('}')
  }

  flush() {
    writeSync(this.file, this.parts.join(''))
    this.parts = []
    this.length = 0
  }

  close() {
    this.flush()
    closeSync(this.file)
  }
}

/** Writes the answer of /config_dump?include_eds for so many services, each with so many endpoints. */
export function writeConfigDump(path, serviceCount, endpoints) {
  const services = makeServices(serviceCount)
  const out = new Writer(path)
  const build = {version: {major_number: 1, minor_number: 35}, metadata: {'build.type': 'RELEASE'}}
  const node = {
    id: 'sidecar~172.16.0.9~productpage.team-000~team-000.svc.cluster.local',
    user_agent_build_version: build,
  }
  out.text('{\n "configs": [\n')
  out.text(JSON.stringify({'@type': type('envoy.admin.v3.BootstrapConfigDump'), bootstrap: {node}}, null, 1))
  out.text(',\n')
  out.section('ClustersConfigDump', {
    static_clusters: [bareCluster('prometheus_stats', 'STATIC')],
    dynamic_active_clusters: [
      ...eachSubset(services, cluster),
      ...['PassthroughCluster', 'InboundPassthroughCluster', 'inbound|9080||'].map((n) =>
        bareCluster(n, 'ORIGINAL_DST'),
      ),
    ],
  })
  out.text(',\n')
  out.section('ListenersConfigDump', {dynamic_listeners: listeners(services)})
  out.text(',\n')
  out.section('RoutesConfigDump', {dynamic_route_configs: httpPorts.map((port) => routeConfig(services, port))})
  out.text(',\n')
  out.section('SecretsConfigDump', {dynamic_active_secrets: []})
  out.text(',\n')
  out.section('EndpointsConfigDump', {
    dynamic_endpoint_configs: eachSubset(services, (one, subset) => assignment(one, subset, endpoints)),
  })
  out.text('\n ]\n}\n')
  out.close()
}

/** Writes the answer of /clusters?format=json for the same mesh. */
export function writeClusters(path, serviceCount, endpoints) {
  const out = new Writer(path)
  out.text('{"cluster_statuses": [\n')
  out.list(eachSubset(makeServices(serviceCount), (one, subset) => clusterStatus(one, subset, endpoints)))
  out.text(']}\n')
  out.close()
}
