import {Flags} from '../../cli/oclif.js'
import {byKind} from '../../cli/proxy-config/by-kind.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, wideTableFlags} from '../../cli/proxy-config/command.js'
import {type Drawing, shortDrawing, wideDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {readItems, whole} from '../../cli/proxy-config/read-items.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {
  type ListenerFilter,
  type ListenerKey,
  listenerKey,
  listenerReader,
  listenerTable,
  selectListeners,
} from '../../views/table/listener.js'

const place = {
  file: 'config_dump.json',
  adminPath: '/config_dump?mask=dynamic_listeners,static_listeners',
  mosn: true,
} as const

interface ListenerFlags extends ListenerFilter {
  output: string
  verbose: boolean
}

export default class Listener extends ProxyConfigCommand {
  static override summary = 'List the listeners of an Envoy or MOSN and where their filter chains lead.'
  static override aliases = aliasesOf('listener', 'listeners', 'l')
  static override args = podArgument
  static override flags = {
    ...wideTableFlags,
    address: Flags.string({summary: 'Only listeners with this address.', default: ''}),
    port: Flags.integer({summary: 'Only listeners on this port.', default: 0}),
    'for-port': Flags.integer({
      summary: 'Only what takes connections to this port: listeners on it, and chains of others that match it.',
      default: 0,
    }),
    type: Flags.string({summary: 'Only listeners of this type: HTTP, TCP, HTTP+TCP or UNKNOWN.', default: ''}),
    verbose: Flags.boolean({summary: 'Show a row for each filter chain.', default: true, allowNo: true}),
  }
  static override examples = [
    '<%= config.bin %> pc listener productpage.default --from sample',
    '<%= config.bin %> pc listener productpage.default --from sample --for-port 9080 -o wide',
    '<%= config.bin %> pc listener --port 15006 -f config_dump.json -o json',
    '<%= config.bin %> pc listener caller --from sample-mosn -o wide',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Listener)
    const dumps = await dumpSources('proxy-config listener', args.pod, flags, place)
    const filter = {...flags, forPort: flags['for-port']}
    if (asksForDocument(flags))
      return this.printResources(dumps, flags, (source) =>
        byKind(
          source,
          async (envoy) => {
            const resources = selectListeners(await readItems(envoy, 'listeners', whole(listenerKey)), filter)
            return {resources, type: 'envoy.config.listener.v3.Listener'}
          },
          (mosn, {mosnListeners}) => mosnListeners(mosn, filter),
        ),
      )
    return this.showTable(dumps, flags, (source) =>
      byKind(
        source,
        (envoy) => this.draw(envoy, filter),
        async (mosn, {drawMosnListeners}) => {
          const {drawing, all} = await drawMosnListeners(mosn, filter)
          return this.explainEmpty(drawing, 'listener', () => filters(all, filter))
        },
      ),
    )
  }

  private async draw(source: ByteSource, flags: ListenerFlags): Promise<Drawing> {
    if (flags.output === 'wide') {
      const {readWideListeners} = await import('../../cli/proxy-config/wide.js')
      const {all, table} = await readWideListeners(source, flags)
      return this.explainEmpty(await wideDrawing(table), 'listener', () => filters(all, flags))
    }
    const all = await readItems(source, 'listeners', listenerReader)
    const table = listenerTable(selectListeners(all, flags), flags, false)
    return this.explainEmpty(shortDrawing(table, 1), 'listener', () => filters(all, flags))
  }
}

const filters = (all: readonly ListenerKey[], {address, port, type, forPort}: ListenerFlags) => [
  {flag: '--address', value: address, known: all.flatMap(({addresses}) => addresses), passes: sameText(address)},
  {flag: '--port', value: port, known: all.map((listener) => listener.port)},
  {flag: '--type', value: type, known: all.map((listener) => listener.type), passes: sameText(type)},
  {flag: '--for-port', value: forPort, known: all.flatMap(({ports}) => ports)},
]

const sameText = (asked: string) => (known: string | number) => String(known).toLowerCase() === asked.toLowerCase()
