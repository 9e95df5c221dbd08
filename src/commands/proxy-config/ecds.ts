import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {shortDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {readSections, wholeSink} from '../../cli/proxy-config/sections.js'
import {ecdsTable, mergeEcds} from '../../views/table/ecds.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump'}

export default class Ecds extends ProxyConfigCommand {
  static override summary = 'List the extension configurations that an Envoy discovered.'
  static override aliases = aliasesOf('ecds', 'ec')
  static override args = podArgument
  static override flags = tableFlags
  static override examples = ['<%= config.bin %> pc ecds productpage.default --from sample']

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Ecds)
    const source = await dumpSource('proxy-config ecds', args.pod, flags, place)
    const sink = wholeSink('ecds')
    await readSections(source, sink)
    const merged = mergeEcds(sink.found() ?? [])
    if (asksForDocument(flags)) return this.printSection(merged, flags)
    return this.showTable(flags, async () => shortDrawing(ecdsTable(merged), 5))
  }
}
