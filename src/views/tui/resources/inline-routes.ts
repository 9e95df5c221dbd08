import {type Json, object, objects, text, typeName} from '../../table/field.js'
import {chainRows} from '../../table/wide/listener.js'
import {listenersIn} from './listeners.js'

/** The route configurations that stand in filter chains themselves. */
export function chainsWithRoutes(dump: unknown): {name: string; json: Json; at: string; inline: true}[] {
  return listenersIn(dump).flatMap(({stated, at}) =>
    chainRows(stated).flatMap(({chain, place}) =>
      objects(chain ?? undefined, 'filters').flatMap((filter, index) => {
        const config = object(filter, 'typed_config')
        const json = typeName(config).endsWith('.HttpConnectionManager') ? object(config, 'route_config') : undefined
        if (json === undefined) return []
        const chainAt = place === 'default' ? `${at}.default_filter_chain` : `${at}.filter_chains[${place}]`
        const own = `${chainAt}.filters[${index}].typed_config.route_config`
        return [{name: text(json, 'name') ?? 'inline', json, at: own, inline: true as const}]
      }),
    ),
  )
}
