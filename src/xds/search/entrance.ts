import type {Located} from '../parse/config-dump.js'
import {readExtension} from '../parse/extension.js'
import {at, type JsonObject, object, objects, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'

/** A filter chain with a terminal filter that sends requests or connections to clusters. */
export interface Entrance {
  listener: string
  /** `index` counts in the listener's `filter_chains`; -1 is the default chain. */
  chain: {name: string | null; index: number; at: string; match: JsonObject}
  kind: 'http' | 'tcp'
  /** The filter's `typed_config`. */
  filter: Located
}

const kinds: Record<string, Entrance['kind']> = {
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': 'http',
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': 'tcp',
}

/** Every HTTP connection manager and TCP proxy of the listeners, in the order of the dump. */
export function entrancesOf({dump}: Envoy): Entrance[] {
  return dump.listeners.flatMap(({name, raw, at: here}) => {
    const chains = objects(raw, 'filter_chains').map((chain, index) => ({
      chain,
      index,
      at: at(here, 'filter_chains', index),
    }))
    const byDefault = object(raw, 'default_filter_chain')
    const all = byDefault ? [...chains, {chain: byDefault, index: -1, at: at(here, 'default_filter_chain')}] : chains
    return all.flatMap(({chain, index, at: place}) =>
      objects(chain, 'filters').flatMap((filter, position) => {
        const found = readExtension(dump, filter, at(place, 'filters', position))
        const kind = kinds[found.type]
        if (!kind) return []
        const match = object(chain, 'filter_chain_match') ?? {}
        return [
          {listener: name, chain: {name: string(chain, 'name') || null, index, at: place, match}, kind, filter: found},
        ]
      }),
    )
  })
}
