import type {RpcCall, TraceRequest} from '../trace/request.js'

/** What `dubbo://host:port/interface` or `bolt://host:port/service` asks for. The service may be missing. */
export function readRpcUrl(text: string): Pick<RpcCall, 'protocol' | 'dst' | 'service'> | null {
  const [, scheme = '', dst = '', service = ''] = /^(dubbo|bolt):\/\/([^/?#]+)\/?([^?#]*)/.exec(text) ?? []
  return scheme === 'dubbo' || scheme === 'bolt' ? {protocol: scheme, dst, service} : null
}

export const rpcUrl = ({protocol, dst, service}: RpcCall): string => `${protocol}://${dst}/${service}`

/** The same client's request for another URL. */
export function withUrl(request: TraceRequest, url: string): TraceRequest {
  const {rpc: before, ...others} = request
  const rpc = readRpcUrl(url)
  if (rpc === null) return {...others, url, method: request.method ?? 'GET', tcp: null}
  const {method = null, headers = []} = before ?? {}
  return {
    ...others,
    url: null,
    method: null,
    headers: [],
    httpVersion: null,
    tls: null,
    tcp: null,
    rpc: {...rpc, method, headers},
  }
}
