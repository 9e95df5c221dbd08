import {Flags} from '../../cli/oclif.js'
import {aliasesOf, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {required} from '../../cli/proxy-config/required.js'
import {readSections} from '../../cli/proxy-config/sections.js'
import {clusterShape, clusterTable, selectClusters} from '../../views/table/cluster.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=dynamic_active_clusters,static_clusters'}

export default class Cluster extends ProxyConfigCommand {
  static override summary = 'List the clusters of an Envoy.'
  static override aliases = aliasesOf('cluster', 'clusters', 'c')
  static override args = podArgument
  static override flags = {
    ...tableFlags,
    fqdn: Flags.string({summary: 'Only clusters with this text in their name.', default: ''}),
    direction: Flags.string({summary: 'Only clusters of this direction: inbound or outbound.', default: ''}),
    subset: Flags.string({summary: 'Only clusters of this subset.', default: ''}),
    port: Flags.integer({summary: 'Only clusters of this port.', default: 0}),
  }
  static override examples = [
    '<%= config.bin %> pc cluster productpage.default --from sample --fqdn reviews',
    '<%= config.bin %> pc cluster --direction inbound -f config_dump.json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Cluster)
    const source = await dumpSource('proxy-config cluster', args.pod, flags, place)
    const shape = flags.output === 'short' ? clusterShape : true
    const sections = await readSections(source, {resources: {clusters: shape}})
    const clusters = selectClusters(required(sections, 'clusters', source.origin), flags)
    if (flags.output !== 'short') return this.printResources(clusters, flags, 'envoy.config.cluster.v3.Cluster')
    return this.printTable(clusterTable(clusters, false), {padding: 5, headers: flags.headers})
  }
}
