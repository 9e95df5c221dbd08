import {type Check, check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import type {ConfigDump, Located} from '../parse/config-dump.js'
import {at, type JsonObject, number, object, objects, string} from '../parse/field.js'
import {absent} from './matcher-predicate.js'
import {headerValue, type RoutedRequest} from './routed-request.js'

/** The scope that a request falls into. */
export interface ScopeChoice {
  /** The scope's route configuration; null where no scope fits. */
  routeConfig: Located | null
  /** The scoped route configuration's own name and place. */
  scope: {name: string; at: string} | null
  because: Check[]
  passedOver: PassedOver[]
}

/** Chooses by the key that `scope_key_builder` makes of the request; all fragments have to be equal. */
export function chooseScope(dump: ConfigDump, scopedRoutes: Located, request: RoutedRequest): ScopeChoice {
  const fragments = objects(object(scopedRoutes.raw, 'scope_key_builder') ?? {}, 'fragments').map((fragment) =>
    keyFragment(object(fragment, 'header_value_extractor') ?? {}, request),
  )
  const got = fragments.map((fragment) => fragment ?? absent).join(' / ')
  const passedOver: PassedOver[] = []
  for (const scope of scopesOf(dump, scopedRoutes)) {
    const wanted = objects(object(scope.raw, 'key') ?? {}, 'fragments').map((key) => string(key, 'string_key') ?? '')
    const fits =
      wanted.length === fragments.length && wanted.every((key, index) => key === fragments[index]) && !!wanted.length
    const name = string(scope.raw, 'name') ?? ''
    const compared = check('scope key', wanted.join(' / '), got, fits)
    if (fits)
      return {routeConfig: routeConfigOf(dump, scope), scope: {name, at: scope.at}, because: [compared], passedOver}
    passedOver.push({at: scope.at, name, check: compared})
  }
  return {routeConfig: null, scope: null, because: [], passedOver}
}

/** ScopedRouteConfigurations written into the connection manager, or brought by SRDS. */
function scopesOf(dump: ConfigDump, scopedRoutes: Located): Located[] {
  const inline = object(scopedRoutes.raw, 'scoped_route_configurations_list')
  if (!inline) {
    const name = string(scopedRoutes.raw, 'name') ?? ''
    return dump.scopedRoutes.filter((brought) => brought.name === name).map(({scope}) => scope)
  }
  const here = at(scopedRoutes.at, 'scoped_route_configurations_list', 'scoped_route_configurations')
  return objects(inline, 'scoped_route_configurations').map((raw, index) => ({raw, at: at(here, index)}))
}

/** An inline configuration, or a named one of RDS; on demand ones may be absent. */
function routeConfigOf(dump: ConfigDump, scope: Located): Located | null {
  const inline = object(scope.raw, 'route_configuration')
  if (inline) return {raw: inline, at: at(scope.at, 'route_configuration')}
  return dump.routeConfigs.get(string(scope.raw, 'route_configuration_name') ?? '') ?? null
}

/** HeaderValueExtractorImpl::computeFragment: an element of the header's first value, by position or by key. */
function keyFragment(extractor: JsonObject, request: RoutedRequest): string | null {
  const value = headerValue(request, (string(extractor, 'name') ?? '').toLowerCase())
  if (value === undefined) return null
  const separator = string(extractor, 'element_separator') ?? ''
  const elements = separator === '' ? [value] : value.split(separator)
  const element = object(extractor, 'element')
  if (!element) return elements[number(extractor, 'index') ?? 0] ?? null
  const [between, key] = [string(element, 'separator') ?? '', string(element, 'key') ?? '']
  for (const text of elements) {
    const cut = text.indexOf(between)
    const found = cut < 0 ? text : text.slice(0, cut)
    if (found === key) return cut < 0 ? '' : text.slice(cut + between.length)
  }
  return null
}
