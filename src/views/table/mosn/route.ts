import type {
  HeaderCondition,
  MosnRoute,
  MosnRouter,
  MosnVirtualHost,
  RouteCondition,
} from '../../../mosn/parse/router.js'
import type {Column, Table} from '../column.js'
import {type RouteConfigSummary, selectRoutes} from '../route.js'
import {atoi} from '../subset-key.js'

/** A router configuration of MOSN under the columns that istioctl has, with the configuration itself. */
export interface MosnRouteConfig extends RouteConfigSummary {
  router: MosnRouter
}

export const mosnRouteConfigs = (routers: readonly MosnRouter[]): MosnRouteConfig[] =>
  routers.map((router) => ({
    router,
    name: router.name,
    number: atoi(router.name),
    virtualHosts: router.virtualHosts.length,
    routes: router.virtualHosts.flatMap((host) => {
      const shared = {virtualHost: host.name, domains: host.domains.join(', '), owner: ''}
      return host.routes.length === 0
        ? [{...shared, match: '/*', owner: '404'}]
        : host.routes.map(({condition}) => ({...shared, match: pathOf(condition)}))
    }),
  }))

/** The path part of a condition; a rule without one fits any. */
function pathOf(condition: RouteCondition): string {
  switch (condition.kind) {
    case 'prefix':
      return `${condition.text}*`
    case 'path':
      return condition.text
    case 'regex':
      return `regex ${condition.text}`
    default:
      return '/*'
  }
}

const headerText = ({name, value, regex}: HeaderCondition): string => `${name}${regex ? '~' : '='}${value}`

/** All that counts of a condition, in the words of the configuration. */
export function conditionText(condition: RouteCondition): string {
  switch (condition.kind) {
    case 'variables':
      return condition.items
        .map(({name, value, regex, next}, index, all) => {
          const text = regex === null ? `${name}=${value ?? ''}` : `${name}~${regex}`
          return index === all.length - 1 ? text : `${text} ${next}`
        })
        .join(' ')
    case 'dsl':
      return condition.expressions.map((expression) => `dsl ${expression}`).join(' and ')
    case 'headers':
      return condition.headers.map(headerText).join(' and ') || 'any'
    default:
      return [pathOf(condition), ...condition.headers.map(headerText)].join(' and ')
  }
}

const labels = (criteria: readonly [string, string][]): string =>
  criteria.length === 0 ? '' : ` of ${criteria.map(([key, value]) => `${key}=${value}`).join('+')}`

/** Where a route leads. The weights are as configured: MOSN's draw does not keep to them exactly. */
export function actionText(route: MosnRoute): string {
  if (route.directResponse !== null) return `answers ${route.directResponse.status}`
  if (route.redirect !== null) {
    const {code, scheme, host, path} = route.redirect
    return `redirects ${code} to ${scheme === null ? '' : `${scheme}://`}${host ?? ''}${path ?? ''}`
  }
  const rewrite = route.prefixRewrite ?? (route.regexRewrite ? `regex ${route.regexRewrite.pattern}` : null)
  const rewritten = rewrite === null ? '' : `, path to ${rewrite}`
  if (route.weighted.length > 0)
    return `${route.weighted.map(({name, weight, criteria}) => `${name}${labels(criteria)} weight ${weight}`).join(', ')}${rewritten}`
  const cluster =
    route.clusterName || (route.clusterVariable === null ? '404: no cluster' : `by variable ${route.clusterVariable}`)
  return `${cluster}${labels(route.criteria)}${rewritten}`
}

interface WideRow {
  name: string
  host: MosnVirtualHost
  route: MosnRoute | null
}

const columns: readonly Column<WideRow>[] = [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'VHOST NAME', cell: ({host}) => host.name},
  {title: 'DOMAINS', cell: ({host}) => host.domains.join(', ')},
  {title: 'ROUTE', cell: ({route}) => (route === null ? '-' : `#${route.index}`)},
  {title: 'KIND', cell: ({route}) => route?.condition.kind ?? '-'},
  {title: 'MATCH', cell: ({route}) => (route === null ? '-' : conditionText(route.condition))},
  {title: 'DESTINATION', cell: ({route}) => (route === null ? '404: no routes' : actionText(route))},
]

/** Every route of every virtual host in MOSN's order, with the kind that its rule is read as. */
export const wideMosnRouteTable = (configs: readonly MosnRouteConfig[], name: string): Table<WideRow> => ({
  columns,
  rows: selectRoutes(configs, name).flatMap(({name: own, router}) =>
    router.virtualHosts.flatMap((host): WideRow[] =>
      host.routes.length === 0
        ? [{name: own, host, route: null}]
        : host.routes.map((route) => ({name: own, host, route})),
    ),
  ),
})
