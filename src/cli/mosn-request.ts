import {DataError, UsageError} from '../errors.js'
import {isObject, type JsonObject, list, text} from '../mosn/json.js'
import type {MosnRequest, RpcRequest} from '../mosn/match/request.js'
import type {SnapshotDocument} from '../snapshot/snapshot.js'
import type {MatchRequest} from '../xds/match/request.js'
import {parseMatchRequest} from '../xds/parse/match-request.js'
import {address, headerLine, matchRequestOf, type RequestFlags, type RpcProtocol} from './match-request.js'

const isRpc = (protocol: unknown): protocol is RpcProtocol => protocol === 'dubbo' || protocol === 'bolt'

/** `dubbo://host:port/interface`, as registries write it. */
const rpcUrl = /^(dubbo|bolt):\/\/([^/?#]+)(?:\/([^?#]*))?/

/** The request that the command line puts to a MOSN. @throws UsageError */
export function mosnRequestOf(
  target: string | undefined,
  flags: RequestFlags,
  document: SnapshotDocument | null,
): MosnRequest {
  const [, scheme, host = '', named] = rpcUrl.exec(target ?? '') ?? []
  const protocol = isRpc(scheme) ? scheme : flags.protocol
  if (!isRpc(protocol)) {
    if (flags.service !== undefined)
      throw new UsageError('names the service of a Dubbo or bolt call', '--service', 'Add --protocol dubbo')
    return ofMatchRequest(matchRequestOf(target, flags, document))
  }
  const service = flags.service ?? named
  if (service === undefined || service === '')
    throw new UsageError('asks for no service', `--protocol ${protocol}`, 'Add --service NAME')
  const dst = flags.dst ?? (scheme === undefined ? undefined : host)
  if (dst === undefined) throw new UsageError('no destination', 'match', 'Give --dst IP:PORT')
  return {
    direction: flags.direction,
    dst: address('--dst', dst),
    src: flags.src === undefined ? null : address('--src', flags.src),
    protocol,
    tls: null,
    http: null,
    rpc: {service, method: flags.method ?? null, headers: (flags.header ?? []).map(headerLine)},
  }
}

const ofMatchRequest = ({proxyProtocol: _, ...request}: MatchRequest): MosnRequest => ({...request, rpc: null})

/**
 * One line of a batch for a MOSN: as for an Envoy, or with `protocol` dubbo or bolt and `rpc` `{service, method, headers}`.
 * @throws DataError that names `where`
 */
export function parseMosnRequest(value: unknown, where: string): MosnRequest {
  if (!isObject(value) || !isRpc(value['protocol'])) return ofMatchRequest(parseMatchRequest(value, where))
  const rpc = value['rpc']
  if (!isObject(rpc)) throw new DataError('rpc is no object', where)
  // The connection is described as any other is.
  const {rpc: _, ...connection} = value
  const plain = parseMatchRequest({...connection, protocol: 'tcp', http: null}, where)
  return {...ofMatchRequest(plain), protocol: value['protocol'], rpc: readRpc(rpc, where)}
}

function readRpc(raw: JsonObject, where: string): RpcRequest {
  const service = text(raw, 'service')
  if (service === null) throw new DataError('rpc.service is no text', where)
  const headers = list(raw, 'headers').map((pair): [string, string] => {
    const [name, value] = Array.isArray(pair) ? pair : []
    if (typeof name !== 'string' || typeof value !== 'string')
      throw new DataError('rpc.headers is no list of [name, value]', where)
    return [name, value]
  })
  return {service, method: text(raw, 'method'), headers}
}
