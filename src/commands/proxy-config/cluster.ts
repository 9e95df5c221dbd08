import {Flags} from '../../cli/oclif.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {readItems, whole} from '../../cli/proxy-config/read-items.js'
import {clusterReader, clusterTable, nameOfCluster, selectClusters} from '../../views/table/cluster.js'

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
    if (asksForDocument(flags)) {
      const clusters = await readItems(source, 'clusters', whole(nameOfCluster))
      return this.printResources(selectClusters(clusters, flags), flags, 'envoy.config.cluster.v3.Cluster')
    }
    const clusters = selectClusters(await readItems(source, 'clusters', clusterReader), flags)
    return this.printTable(clusterTable(clusters, false), {padding: 5, headers: flags.headers})
  }
}
