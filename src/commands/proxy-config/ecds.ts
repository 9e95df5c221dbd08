import {aliasesOf, asksForDocument, ProxyConfigCommand, severalTableFlags} from '../../cli/proxy-config/command.js'
import {shortDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {readSections, wholeSink} from '../../cli/proxy-config/sections.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {ecdsTable, mergeEcds} from '../../views/table/ecds.js'
import type {Json} from '../../views/table/field.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump'}

export default class Ecds extends ProxyConfigCommand {
  static override summary = 'List the extension configurations that an Envoy discovered.'
  static override aliases = aliasesOf('ecds', 'ec')
  static override args = podArgument
  static override flags = severalTableFlags
  static override examples = ['<%= config.bin %> pc ecds productpage.default --from sample']

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Ecds)
    const dumps = await dumpSources('proxy-config ecds', args.pod, flags, place)
    if (asksForDocument(flags)) return this.printSection(dumps, flags, readEcds)
    return this.showTable(dumps, flags, async (source) => shortDrawing(ecdsTable(await readEcds(source)), 5))
  }
}

async function readEcds(source: ByteSource): Promise<Json> {
  const sink = wholeSink('ecds')
  await readSections(source, sink)
  return mergeEcds(sink.found() ?? [])
}
