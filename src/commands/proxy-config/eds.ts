import {aliasesOf, asksForDocument, ProxyConfigCommand} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {asItStands, readSections, resourceSink} from '../../cli/proxy-config/sections.js'
import {assignmentReader, edsTable, selectAssignments} from '../../views/table/eds.js'
import {endpointFlags} from './endpoint.js'

const place = {
  file: 'config_dump.json',
  adminPath: '/config_dump?include_eds&mask=dynamic_endpoint_configs,static_endpoint_configs',
}

export default class Eds extends ProxyConfigCommand {
  static override summary = 'List the endpoints that an Envoy was configured with, with their localities.'
  static override aliases = aliasesOf('eds')
  static override hidden = true
  static override args = podArgument
  static override flags = endpointFlags

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Eds)
    const source = await dumpSource('proxy-config eds', args.pod, flags, place)
    if (asksForDocument(flags)) {
      const sink = resourceSink('endpoints', asItStands)
      await readSections(source, sink)
      const assignments = selectAssignments(sink.found() ?? [], flags)
      return this.printResources(assignments, flags, 'envoy.config.endpoint.v3.ClusterLoadAssignment')
    }
    const sink = resourceSink('endpoints', assignmentReader)
    await readSections(source, sink)
    return this.printTable(edsTable(sink.found() ?? [], flags, false), {padding: 5, headers: flags.headers})
  }
}
