import type {ListenerEntry} from '../../xds/parse/config-dump.js'
import {type JsonObject, object, objects, string} from '../../xds/parse/field.js'
import type {Proxy} from '../../xds/proxy.js'

const originalSource = 'type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc'

/** The proxy's entrances as istiod writes them for TPROXY (transparent, and speaking to the app as the client), or for the others. */
export function withEntrances(proxy: Proxy, transparent: boolean): Proxy {
  const listeners = proxy.dump.listeners.map((listener) =>
    listener.name === 'virtualInbound' || listener.name === 'virtualOutbound'
      ? changed(listener, transparent)
      : listener,
  )
  return {...proxy, dump: {...proxy.dump, listeners}}
}

function changed(listener: ListenerEntry, transparent: boolean): ListenerEntry {
  const {transparent: _, ...rest} = listener.raw
  const raw: JsonObject = transparent ? {...rest, transparent: true} : rest
  if (listener.name !== 'virtualInbound') return {...listener, raw}
  const filters = objects(raw, 'listener_filters').filter((filter) => typeOf(filter) !== originalSource)
  const first = filters.findIndex((filter) => typeOf(filter)?.endsWith('.original_dst.v3.OriginalDst') === true) + 1
  const added = {
    name: 'envoy.filters.listener.original_src',
    // Istio marks what its proxy sends to the app, so that the rules know it again.
    typed_config: {'@type': originalSource, mark: 1337},
  }
  return {
    ...listener,
    raw: {
      ...raw,
      listener_filters: transparent ? [...filters.slice(0, first), added, ...filters.slice(first)] : filters,
    },
  }
}

const typeOf = (filter: JsonObject): string | undefined => string(object(filter, 'typed_config') ?? {}, '@type')
