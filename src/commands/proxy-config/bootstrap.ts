import {outputFlag, write} from '../../cli/output.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {readSection} from '../../cli/proxy-config/read-items.js'
import {bootstrapSummary} from '../../views/table/bootstrap.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=bootstrap'}

export default class Bootstrap extends ProxyConfigCommand {
  static override summary = 'Show what an Envoy was started with, or in short its versions.'
  static override aliases = aliasesOf('bootstrap', 'b')
  static override args = podArgument
  static override flags = {...tableFlags, output: outputFlag(['json', 'yaml', 'short'], 'json')}
  static override examples = [
    '<%= config.bin %> pc bootstrap productpage.default --from sample -o short',
    '<%= config.bin %> pc bootstrap -f config_dump.json --jsonpath $.bootstrap.node.metadata',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Bootstrap)
    const source = await dumpSource('proxy-config bootstrap', args.pod, flags, place)
    const read = () => readSection(source, 'bootstrap')
    if (asksForDocument(flags)) return this.printSection({sources: [source], named: false}, flags, read)
    return write(bootstrapSummary(await read()))
  }
}
