import {Flags} from '../../cli/oclif.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {readItems, whole} from '../../cli/proxy-config/read-items.js'
import {listenerKey, listenerReader, listenerTable, selectListeners} from '../../views/table/listener.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=dynamic_listeners,static_listeners'}

export default class Listener extends ProxyConfigCommand {
  static override summary = 'List the listeners of an Envoy and where their filter chains lead.'
  static override aliases = aliasesOf('listener', 'listeners', 'l')
  static override args = podArgument
  static override flags = {
    ...tableFlags,
    address: Flags.string({summary: 'Only listeners with this address.', default: ''}),
    port: Flags.integer({summary: 'Only listeners on this port.', default: 0}),
    type: Flags.string({summary: 'Only listeners of this type: HTTP, TCP, HTTP+TCP or UNKNOWN.', default: ''}),
    verbose: Flags.boolean({summary: 'Show a row for each filter chain.', default: true, allowNo: true}),
  }
  static override examples = [
    '<%= config.bin %> pc listener productpage.default --from sample',
    '<%= config.bin %> pc listener --port 15006 -f config_dump.json -o json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Listener)
    const source = await dumpSource('proxy-config listener', args.pod, flags, place)
    if (asksForDocument(flags)) {
      const listeners = await readItems(source, 'listeners', whole(listenerKey))
      return this.printResources(selectListeners(listeners, flags), flags, 'envoy.config.listener.v3.Listener')
    }
    const listeners = selectListeners(await readItems(source, 'listeners', listenerReader), flags)
    return this.printTable(listenerTable(listeners, flags.verbose, false), {padding: 1, headers: flags.headers})
  }
}
