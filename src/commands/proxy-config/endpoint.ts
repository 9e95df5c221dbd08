import {Flags} from '../../cli/oclif.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {readEndpoints} from '../../cli/proxy-config/endpoints.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {asItStands} from '../../cli/proxy-config/sections.js'
import {assignmentReader, edsTable, selectAssignments} from '../../views/table/eds.js'
import {clusterStatusReader, endpointTable, selectStatuses} from '../../views/table/endpoint.js'

const place = {file: 'clusters.json', adminPath: '/clusters?format=json'}

export const endpointFlags = {
  ...tableFlags,
  address: Flags.string({summary: 'Only endpoints with this address.', default: ''}),
  port: Flags.integer({summary: 'Only endpoints on this port.', default: 0}),
  cluster: Flags.string({summary: 'Only endpoints of the cluster of this name.', default: ''}),
  status: Flags.string({summary: 'Only endpoints of this health: healthy, unhealthy, draining ...', default: ''}),
}

export default class Endpoint extends ProxyConfigCommand {
  static override summary = 'List the endpoints of an Envoy and their health.'
  static override description =
    'Reads the answer of /clusters?format=json, and a config dump that was made with include_eds too.'
  static override aliases = aliasesOf('endpoint', 'endpoints', 'ep')
  static override args = podArgument
  static override flags = endpointFlags
  static override examples = [
    '<%= config.bin %> pc endpoint productpage.default --from sample --port 9080',
    '<%= config.bin %> pc endpoint --status unhealthy -f clusters.json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Endpoint)
    const source = await dumpSource('proxy-config endpoint', args.pod, flags, place)
    if (asksForDocument(flags)) {
      const found = await readEndpoints(source, asItStands, asItStands)
      return found.kind === 'statuses'
        ? this.printResources(selectStatuses(found.statuses, flags), flags, 'envoy.admin.v3.ClusterStatus')
        : this.printResources(
            selectAssignments(found.assignments, flags),
            flags,
            'envoy.config.endpoint.v3.ClusterLoadAssignment',
          )
    }
    const found = await readEndpoints(source, clusterStatusReader, assignmentReader)
    const layout = {padding: 5, headers: flags.headers}
    return found.kind === 'statuses'
      ? this.printTable(endpointTable(found.statuses.flat(), flags), layout)
      : this.printTable(edsTable(found.assignments, flags, false), layout)
  }
}
