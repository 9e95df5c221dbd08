import type {ListenerEntry} from '../xds/parse/config-dump.js'
import {type JsonObject, member, object, objects, string} from '../xds/parse/field.js'
import type {Proxy} from '../xds/proxy.js'

/** PeerAuthentication's modes, as they appear in virtualInbound's filter chains. */
export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE'

/** virtualInbound as istiod would write it for another PeerAuthentication mode. */
export function changeMtls(proxy: Proxy, mode: MtlsMode): Proxy {
  const listeners = proxy.dump.listeners.map((listener) =>
    listener.name === 'virtualInbound' ? changeListener(listener, mode) : listener,
  )
  return {...proxy, dump: {...proxy.dump, listeners}}
}

function changeListener(listener: ListenerEntry, mode: MtlsMode): ListenerEntry {
  const chains = objects(listener.raw, 'filter_chains')
  const kept = mode === 'PERMISSIVE' ? withPlaintext(chains) : chains.filter((chain) => stays(chain, mode))
  return {...listener, raw: {...listener.raw, filter_chains: kept}}
}

const transportOf = (chain: JsonObject): string | undefined =>
  string(object(chain, 'filter_chain_match') ?? {}, 'transport_protocol')

const terminatesTls = (chain: JsonObject): boolean => member(chain, 'transport_socket') !== undefined

/** The black hole for the proxy's own port has no transport: it stays in every mode. */
function stays(chain: JsonObject, mode: MtlsMode): boolean {
  if (mode === 'STRICT') return terminatesTls(chain) || transportOf(chain) === undefined
  return !terminatesTls(chain)
}

/** PERMISSIVE has a plaintext twin beside each chain that terminates TLS. */
function withPlaintext(chains: readonly JsonObject[]): JsonObject[] {
  return chains.flatMap((chain) => {
    if (!terminatesTls(chain) || hasTwin(chains, chain)) return [chain]
    const {transport_socket: _, transportSocket: __, ...rest} = chain
    const {application_protocols: ___, applicationProtocols: ____, ...match} = object(chain, 'filter_chain_match') ?? {}
    return [chain, {...rest, filter_chain_match: {...match, transport_protocol: 'raw_buffer'}}]
  })
}

const portOf = (chain: JsonObject): unknown => member(object(chain, 'filter_chain_match') ?? {}, 'destination_port')

const hasTwin = (chains: readonly JsonObject[], chain: JsonObject): boolean =>
  chains.some((other) => transportOf(other) === 'raw_buffer' && portOf(other) === portOf(chain))
