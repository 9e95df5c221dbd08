import {Flags} from '../../cli/oclif.js'
import {byKind} from '../../cli/proxy-config/by-kind.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, wideTableFlags} from '../../cli/proxy-config/command.js'
import {type Drawing, shortDrawing, wideDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {readItems, whole} from '../../cli/proxy-config/read-items.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {
  type ClusterFilter,
  clusterReader,
  clusterTable,
  nameOfCluster,
  selectClusters,
} from '../../views/table/cluster.js'
import type {ClusterName} from '../../views/table/subset-key.js'

const place = {
  file: 'config_dump.json',
  adminPath: '/config_dump?mask=dynamic_active_clusters,static_clusters',
  mosn: true,
} as const
const widePlace = {...place, adminPath: `${place.adminPath},dynamic_warming_clusters`}

export default class Cluster extends ProxyConfigCommand {
  static override summary = 'List the clusters of an Envoy or MOSN.'
  static override aliases = aliasesOf('cluster', 'clusters', 'c')
  static override args = podArgument
  static override flags = {
    ...wideTableFlags,
    fqdn: Flags.string({summary: 'Only clusters with this text in their name.', default: ''}),
    direction: Flags.string({summary: 'Only clusters of this direction: inbound or outbound.', default: ''}),
    subset: Flags.string({summary: 'Only clusters of this subset.', default: ''}),
    port: Flags.integer({summary: 'Only clusters of this port.', default: 0}),
  }
  static override examples = [
    '<%= config.bin %> pc cluster deploy/productpage -n default --context prod',
    '<%= config.bin %> pc cluster productpage.default --from sample --fqdn reviews',
    '<%= config.bin %> pc cluster productpage.default --from sample --subset v1 -o wide',
    '<%= config.bin %> pc cluster --direction inbound -f config_dump.json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Cluster)
    const asked = flags.output === 'wide' ? widePlace : place
    const dumps = await dumpSources('proxy-config cluster', args.pod, flags, asked)
    if (asksForDocument(flags))
      return this.printResources(dumps, flags, (source) =>
        byKind(
          source,
          async (envoy) => {
            const resources = selectClusters(await readItems(envoy, 'clusters', whole(nameOfCluster)), flags)
            return {resources, type: 'envoy.config.cluster.v3.Cluster'}
          },
          (mosn, {mosnClusters}) => mosnClusters(mosn, flags),
        ),
      )
    return this.showTable(dumps, flags, (source) =>
      byKind(
        source,
        (envoy) => this.draw(envoy, flags),
        async (mosn, {drawMosnClusters}) => {
          const {drawing, all} = await drawMosnClusters(mosn, flags)
          return this.explainEmpty(drawing, 'cluster', () => filters(all, flags))
        },
      ),
    )
  }

  private async draw(source: ByteSource, flags: ClusterFilter & {output: string}): Promise<Drawing> {
    if (flags.output === 'wide') {
      const {readWideClusters} = await import('../../cli/proxy-config/wide.js')
      const {all, table} = await readWideClusters(source, flags)
      return this.explainEmpty(await wideDrawing(table), 'cluster', () => filters(all, flags))
    }
    const all = await readItems(source, 'clusters', clusterReader)
    const drawing = shortDrawing(clusterTable(selectClusters(all, flags), false), 5)
    return this.explainEmpty(drawing, 'cluster', () => filters(all, flags))
  }
}

function filters(all: readonly ClusterName[], {fqdn, direction, subset, port}: ClusterFilter) {
  const known = (part: (cluster: ClusterName) => string | undefined) => all.flatMap((cluster) => part(cluster) ?? [])
  const inName = (part: string) => () => all.some(({name}) => name.includes(part))
  return [
    {flag: '--fqdn', value: fqdn, known: known(({key, name}) => key?.host || name), passes: inName(fqdn)},
    {flag: '--direction', value: direction, known: known(({key}) => key?.direction), passes: inName(direction)},
    {flag: '--subset', value: subset, known: known(({key}) => key?.subset), passes: inName(subset)},
    {flag: '--port', value: port, known: all.flatMap(({key}) => key?.port ?? []), passes: inName(`|${port}|`)},
  ]
}
