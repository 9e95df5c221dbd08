import {aliasesOf, asksForDocument, ProxyConfigCommand} from '../../cli/proxy-config/command.js'
import {drawAssignments, endpointFilters, type FoundAssignments} from '../../cli/proxy-config/draw-endpoints.js'
import type {Drawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {asItStands, readSections, resourceSink} from '../../cli/proxy-config/sections.js'
import {visitAssignment} from '../../cli/proxy-config/visit-assignments.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {selectAssignments} from '../../views/table/eds.js'
import type {EndpointFilter} from '../../views/table/endpoint.js'
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
    const dumps = await dumpSources('proxy-config eds', args.pod, flags, place)
    if (asksForDocument(flags))
      return this.printResources(dumps, flags, async (source) => {
        const sink = resourceSink('endpoints', asItStands)
        await readSections(source, sink)
        const resources = selectAssignments(sink.found() ?? [], flags)
        return {resources, type: 'envoy.config.endpoint.v3.ClusterLoadAssignment'}
      })
    return this.showTable(dumps, flags, (source) => this.draw(source, flags))
  }

  private async draw(source: ByteSource, flags: EndpointFilter & {output: string}): Promise<Drawing> {
    const {drawing, known} = await drawAssignments(await readAssignments(source, flags.output === 'wide'), flags)
    return this.explainEmpty(drawing, 'endpoint', () => endpointFilters(known(), flags))
  }
}

async function readAssignments(source: ByteSource, isWide: boolean): Promise<FoundAssignments> {
  if (isWide) {
    const {readWideAssignments} = await import('../../cli/proxy-config/wide.js')
    return {kind: 'whole', ...(await readWideAssignments(source))}
  }
  const sink = resourceSink('endpoints', {visit: visitAssignment})
  await readSections(source, sink)
  return {kind: 'short', assignments: sink.found() ?? []}
}
