import {Flags} from '../../cli/oclif.js'
import {aliasesOf, asksForDocument, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {readItems, whole} from '../../cli/proxy-config/read-items.js'
import {routeConfigKey, routeConfigTable, routeReader, routeTable, selectRoutes} from '../../views/table/route.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=dynamic_route_configs,static_route_configs'}

export default class Route extends ProxyConfigCommand {
  static override summary = 'List the routes of an Envoy.'
  static override aliases = aliasesOf('route', 'routes', 'r')
  static override args = podArgument
  static override flags = {
    ...tableFlags,
    name: Flags.string({summary: 'Only the route configuration of this name.', default: ''}),
    verbose: Flags.boolean({summary: 'Show a row for each route.', default: true, allowNo: true}),
  }
  static override examples = [
    '<%= config.bin %> pc route productpage.default --from sample --name 9080',
    '<%= config.bin %> pc route --verbose=false -f config_dump.json',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Route)
    const source = await dumpSource('proxy-config route', args.pod, flags, place)
    if (asksForDocument(flags)) {
      const routes = selectRoutes(await readItems(source, 'routes', whole(routeConfigKey)), flags.name)
      return this.printResources(routes, flags, 'envoy.config.route.v3.RouteConfiguration')
    }
    const routes = selectRoutes(await readItems(source, 'routes', routeReader), flags.name)
    const layout = {padding: 5, headers: flags.headers}
    return flags.verbose
      ? this.printTable(routeTable(routes, false), layout)
      : this.printTable(routeConfigTable(routes, false), layout)
  }
}
