import {Flags} from '../../cli/oclif.js'
import {type Block, blocksOfAll} from '../../cli/proxy-config/all-blocks.js'
import {byKind} from '../../cli/proxy-config/by-kind.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, severalTableFlags} from '../../cli/proxy-config/command.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {printDumps} from '../../cli/proxy-config/print-dump.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?include_eds', mosn: true} as const

export default class All extends ProxyConfigCommand {
  static override summary = 'Show everything an Envoy or MOSN holds; as JSON or YAML the dump itself.'
  static override aliases = aliasesOf('all', 'a')
  static override args = podArgument
  static override flags = {
    ...severalTableFlags,
    'with-headers': Flags.boolean({summary: 'Print a title above each table.', default: false, allowNo: true}),
    verbose: Flags.boolean({summary: 'Show a row for each filter chain and route.', default: true, allowNo: true}),
    fqdn: Flags.string({summary: 'Only clusters with this text in their name.', default: ''}),
    direction: Flags.string({summary: 'Only clusters of this direction: inbound or outbound.', default: ''}),
    subset: Flags.string({summary: 'Only clusters of this subset.', default: ''}),
    port: Flags.integer({summary: 'Only clusters, listeners and endpoints of this port.', default: 0}),
    address: Flags.string({summary: 'Only listeners and endpoints with this address.', default: ''}),
    type: Flags.string({summary: 'Only listeners of this type.', default: ''}),
    name: Flags.string({summary: 'Only the route configuration of this name.', default: ''}),
  }
  static override examples = [
    '<%= config.bin %> pc all productpage.default --from sample --with-headers',
    '<%= config.bin %> pc all -f config_dump.json -o json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(All)
    const dumps = await dumpSources('proxy-config all', args.pod, flags, place)
    if (asksForDocument(flags)) return printDumps(dumps, flags)
    return this.printTexts(dumps, async (source) => {
      const filter = {...flags, forPort: 0}
      const blocks = await byKind(
        source,
        (envoy) => blocksOfAll(envoy, filter),
        (mosn, {mosnBlocks}) => mosnBlocks(mosn, filter),
      )
      const heading = (title: string) => (flags['with-headers'] ? `------ ${title} INFO ------\n\n` : '')
      return blockTexts(blocks, heading)
    })
  }
}

/** A blank line between blocks; each is made when it is printed, so that those before a broken one are seen. */
function* blockTexts(blocks: readonly Block[], heading: (title: string) => string): Generator<string> {
  for (const [index, {title, text}] of blocks.entries()) {
    if (index > 0) yield '\n'
    yield heading(title) + text()
  }
}
