import {outputFlag} from '../../cli/output.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, severalTableFlags} from '../../cli/proxy-config/command.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {readSection} from '../../cli/proxy-config/read-items.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {bootstrapSummary} from '../../views/table/bootstrap.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=bootstrap'}

export default class Bootstrap extends ProxyConfigCommand {
  static override summary = 'Show what an Envoy was started with, or in short its versions.'
  static override aliases = aliasesOf('bootstrap', 'b')
  static override args = podArgument
  static override flags = {...severalTableFlags, output: outputFlag(['json', 'yaml', 'short'], 'json')}
  static override examples = [
    '<%= config.bin %> pc bootstrap productpage.default --from sample -o short',
    '<%= config.bin %> pc bootstrap -f config_dump.json --jsonpath $.bootstrap.node.metadata',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Bootstrap)
    const dumps = await dumpSources('proxy-config bootstrap', args.pod, flags, place)
    const read = (source: ByteSource) => readSection(source, 'bootstrap')
    if (asksForDocument(flags)) return this.printSection(dumps, flags, read)
    return this.printTexts(dumps, async (source) => [bootstrapSummary(await read(source))])
  }
}
