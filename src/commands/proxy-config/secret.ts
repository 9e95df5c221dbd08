import {write} from '../../cli/output.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {shortDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {readSection} from '../../cli/proxy-config/read-items.js'
import {noSecrets, secretTable} from '../../views/table/secret.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets'}

export default class Secret extends ProxyConfigCommand {
  static override summary = 'List the certificates that an Envoy was given, and until when they are valid.'
  static override aliases = aliasesOf('secret', 'secrets', 's')
  static override args = podArgument
  static override flags = tableFlags
  static override examples = [
    '<%= config.bin %> pc secret productpage.default --from sample',
    '<%= config.bin %> pc secret -f config_dump.json -o json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Secret)
    const source = await dumpSource('proxy-config secret', args.pod, flags, place)
    const section = await readSection(source, 'secrets')
    if (asksForDocument(flags)) return this.printSection(section, flags)
    const table = secretTable(section, new Date(), false)
    return table === null ? write(noSecrets) : this.showTable(flags, async () => shortDrawing(table, 5))
  }
}
