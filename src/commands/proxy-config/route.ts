import {Flags} from '../../cli/oclif.js'
import {byKind} from '../../cli/proxy-config/by-kind.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, wideTableFlags} from '../../cli/proxy-config/command.js'
import {type Drawing, shortDrawing, wideDrawing} from '../../cli/proxy-config/drawing.js'
import {dumpSources, podArgument} from '../../cli/proxy-config/input.js'
import {readItems, whole} from '../../cli/proxy-config/read-items.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {isJson} from '../../views/table/field.js'
import {
  type RouteConfigKey,
  routeConfigKey,
  routeConfigTable,
  routeReader,
  routeTable,
  selectRoutes,
} from '../../views/table/route.js'
import type {WholeRouteConfig} from '../../views/table/wide/route.js'

const place = {
  file: 'config_dump.json',
  adminPath: '/config_dump?mask=dynamic_route_configs,static_route_configs',
  mosn: true,
} as const

interface RouteFlags {
  output: string
  name: string
  verbose: boolean
  redact: boolean
}

export default class Route extends ProxyConfigCommand {
  static override summary = 'List the routes of an Envoy or MOSN.'
  static override aliases = aliasesOf('route', 'routes', 'r')
  static override args = podArgument
  static override flags = {
    ...wideTableFlags,
    name: Flags.string({summary: 'Only the route configuration of this name.', default: ''}),
    verbose: Flags.boolean({summary: 'Show a row for each route.', default: true, allowNo: true}),
  }
  static override examples = [
    '<%= config.bin %> pc route productpage.default --from sample --name 9080',
    '<%= config.bin %> pc route productpage.default --from sample --name 9080 -o wide',
    '<%= config.bin %> pc route --verbose=false -f config_dump.json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Route)
    const dumps = await dumpSources('proxy-config route', args.pod, flags, place)
    if (asksForDocument(flags))
      return this.printResources(dumps, flags, (source) =>
        byKind(
          source,
          async (envoy) => {
            const resources = selectRoutes(await readItems(envoy, 'routes', whole(routeConfigKey)), flags.name)
            return {resources, type: 'envoy.config.route.v3.RouteConfiguration'}
          },
          (mosn, {mosnRoutes}) => mosnRoutes(mosn, flags.name),
        ),
      )
    return this.showTable(dumps, flags, (source) =>
      byKind(
        source,
        (envoy) => this.draw(envoy, flags),
        async (mosn, {drawMosnRoutes}) => {
          const {drawing, all} = await drawMosnRoutes(mosn, flags)
          return this.explainEmpty(drawing, 'route configuration', () => filters(all, flags))
        },
      ),
    )
  }

  private async draw(source: ByteSource, flags: RouteFlags): Promise<Drawing> {
    if (flags.output === 'wide') {
      const [{readWideRoutes}, {wideRouteTable}] = await Promise.all([
        import('../../cli/proxy-config/wide.js'),
        import('../../views/table/wide/route.js'),
      ])
      const all = await withoutSecrets(await readWideRoutes(source), flags.redact)
      const drawing = await wideDrawing(wideRouteTable(all, flags.name))
      return this.explainEmpty(drawing, 'route configuration', () => filters(all, flags))
    }
    const all = await readItems(source, 'routes', routeReader)
    const routes = selectRoutes(all, flags.name)
    const drawing = flags.verbose
      ? shortDrawing(routeTable(routes, false), 5)
      : shortDrawing(routeConfigTable(routes, false), 5)
    return this.explainEmpty(drawing, 'route configuration', () => filters(all, flags))
  }
}

/** The wide table shows what headers, parameters and cookies are compared with. */
async function withoutSecrets(all: readonly WholeRouteConfig[], redact: boolean): Promise<WholeRouteConfig[]> {
  if (!redact) return [...all]
  const {redactDocument} = await import('../../snapshot/redact.js')
  return all.map((routeConfig) => {
    const {value} = redactDocument(routeConfig.resource, 'config_dump.json')
    return isJson(value) ? {...routeConfig, resource: value} : routeConfig
  })
}

const filters = (all: readonly RouteConfigKey[], {name}: RouteFlags) => [
  {flag: '--name', value: name, known: all.map((routeConfig) => routeConfig.name)},
]
