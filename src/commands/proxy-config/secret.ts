import {aliasesOf, asksForDocument, ProxyConfigCommand, wideTableFlags} from '../../cli/proxy-config/command.js'
import {shortDrawing, wideDrawing, wordsDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {readSection} from '../../cli/proxy-config/read-items.js'
import {noSecrets, secretTable} from '../../views/table/secret.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets'}

export default class Secret extends ProxyConfigCommand {
  static override summary = 'List the certificates that an Envoy was given, and until when they are valid.'
  static override aliases = aliasesOf('secret', 'secrets', 's')
  static override args = podArgument
  static override flags = wideTableFlags
  static override examples = [
    '<%= config.bin %> pc secret productpage.default --from sample',
    '<%= config.bin %> pc secret productpage.default --from sample -o wide',
    '<%= config.bin %> pc secret -f config_dump.json -o json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Secret)
    const dumps = await dumpSources('proxy-config secret', args.pod, flags, place)
    if (asksForDocument(flags)) return this.printSection(dumps, flags, (source) => readSection(source, 'secrets'))
    return this.showTable(dumps, flags, async (source) => {
      const section = await readSection(source, 'secrets')
      if (flags.output === 'wide') {
        const {wideSecretTable} = await import('../../views/table/wide/secret.js')
        return wideDrawing(wideSecretTable(section, new Date()))
      }
      const table = secretTable(section, new Date(), false)
      return table === null ? wordsDrawing(noSecrets) : shortDrawing(table, 5)
    })
  }
}
