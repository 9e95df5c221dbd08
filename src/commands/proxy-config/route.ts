import {Flags} from '../../cli/oclif.js'
import {aliasesOf, ProxyConfigCommand, tableFlags} from '../../cli/proxy-config/command.js'
import {dumpSource, podArgument} from '../../cli/proxy-config/input.js'
import {required} from '../../cli/proxy-config/required.js'
import {readSections} from '../../cli/proxy-config/sections.js'
import {routeShape, routeTable, selectRoutes} from '../../views/table/route.js'

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
    const shape = flags.output === 'short' ? routeShape : true
    const sections = await readSections(source, {resources: {routes: shape}})
    const routes = selectRoutes(required(sections, 'routes', source.origin), flags.name)
    if (flags.output !== 'short') return this.printResources(routes, flags, 'envoy.config.route.v3.RouteConfiguration')
    return this.printTable(routeTable(routes, flags.verbose, false), {padding: 5, headers: flags.headers})
  }
}
