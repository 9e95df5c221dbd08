import {Flags} from '../../cli/oclif.js'
import {byKind} from '../../cli/proxy-config/by-kind.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, wideTableFlags} from '../../cli/proxy-config/command.js'
import {drawEndpoints, endpointFilters, selectEndpoints} from '../../cli/proxy-config/draw-endpoints.js'
import type {Drawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import type {ByteSource} from '../../sources/byte-source.js'
import type {EndpointFilter} from '../../views/table/endpoint.js'

const place = {file: 'clusters.json', adminPath: '/clusters?format=json', mosn: true} as const

export const endpointFlags = {
  ...wideTableFlags,
  address: Flags.string({summary: 'Only endpoints with this address.', default: ''}),
  port: Flags.integer({summary: 'Only endpoints on this port.', default: 0}),
  cluster: Flags.string({summary: 'Only endpoints of the cluster of this name.', default: ''}),
  status: Flags.string({summary: 'Only endpoints of this health: healthy, unhealthy, draining ...', default: ''}),
}

export default class Endpoint extends ProxyConfigCommand {
  static override summary = 'List the endpoints of an Envoy or MOSN and their health.'
  static override description =
    'Reads the answer of /clusters?format=json, a config dump that was made with include_eds, and the dump of a MOSN, which has them in it.'
  static override aliases = aliasesOf('endpoint', 'endpoints', 'ep')
  static override args = podArgument
  static override flags = endpointFlags
  static override examples = [
    '<%= config.bin %> pc endpoint productpage.default --from sample --port 9080',
    '<%= config.bin %> pc endpoint --status unhealthy -f clusters.json -o wide',
    '<%= config.bin %> pc endpoint caller --from sample-mosn -o wide',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Endpoint)
    const dumps = await dumpSources('proxy-config endpoint', args.pod, flags, place)
    if (asksForDocument(flags))
      return this.printResources(dumps, flags, (source) =>
        byKind(
          source,
          (envoy) => selectEndpoints(envoy, flags),
          (mosn, {mosnEndpoints}) => mosnEndpoints(mosn, flags),
        ),
      )
    return this.showTable(dumps, flags, (source) =>
      byKind(
        source,
        (envoy) => this.draw(envoy, flags),
        async (mosn, {drawMosnEndpoints}) => {
          const {drawing, all} = await drawMosnEndpoints(mosn, flags, flags.output === 'wide')
          return this.explainEmpty(drawing, 'endpoint', () => endpointFilters(all, flags))
        },
      ),
    )
  }

  private async draw(source: ByteSource, flags: EndpointFilter & {output: string}): Promise<Drawing> {
    const {drawing, known} = await drawEndpoints(source, flags, flags.output === 'wide')
    return this.explainEmpty(drawing, 'endpoint', () => endpointFilters(known(), flags))
  }
}
