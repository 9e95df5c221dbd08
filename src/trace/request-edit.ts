import type {Check} from '../decision/check.js'
import type {Step} from '../decision/step.js'
import type {RpcCall, TraceRequest} from './request.js'

/** One change of a request. */
export type RequestEdit =
  | {kind: 'header'; name: string; value: string}
  | {kind: 'without header'; name: string}
  | {kind: 'path'; path: string}
  | {kind: 'query'; name: string; value: string}
  | {kind: 'method'; method: string}
  | {kind: 'host'; host: string}
  | {kind: 'port'; port: number}
  /** Another pod asks: what it is, not what it says, decides. */
  | {kind: 'client'; pod: string}

/** The request with the edit made. */
export function editRequest(request: TraceRequest, edit: RequestEdit): TraceRequest {
  if (request.rpc) return editCall(request, request.rpc, edit)
  const without = (name: string) => request.headers.filter(([own]) => own.toLowerCase() !== name.toLowerCase())
  switch (edit.kind) {
    case 'header':
      return {...request, headers: [...without(edit.name), [edit.name, edit.value]]}
    case 'without header':
      return {...request, headers: without(edit.name)}
    case 'method':
      return {...request, method: edit.method}
    case 'client':
      return {...request, client: {...request.client, pod: edit.pod}}
    default:
      return {...request, url: editUrl(request.url, edit), tcp: editTcp(request.tcp, edit)}
  }
}

/** A call's service is a header of it, as MOSN reads it. */
function editCall(request: TraceRequest, rpc: RpcCall, edit: RequestEdit): TraceRequest {
  if (edit.kind === 'client') return {...request, client: {...request.client, pod: edit.pod}}
  if (edit.kind === 'method') return {...request, rpc: {...rpc, method: edit.method}}
  if (edit.kind !== 'header' && edit.kind !== 'without header') return request
  const value = edit.kind === 'header' ? edit.value : null
  if (edit.name === 'service') return value === null ? request : {...request, rpc: {...rpc, service: value}}
  const others = rpc.headers.filter(([name]) => name !== edit.name)
  return {...request, rpc: {...rpc, headers: value === null ? others : [...others, [edit.name, value]]}}
}

const urlParts = /^([a-z][a-z0-9+.-]*:\/\/)(\[[^\]]*\]|[^/?#:]*)(:\d+)?([^?#]*)(\?[^#]*)?/i

function editUrl(url: string | null, edit: RequestEdit): string | null {
  const [, scheme = '', host = '', port = '', path = '', query = ''] = urlParts.exec(url ?? '') ?? []
  if (url === null) return null
  switch (edit.kind) {
    case 'path':
      return `${scheme}${host}${port}${edit.path}${query}`
    case 'query':
      return `${scheme}${host}${port}${path || '/'}?${edit.name}=${edit.value}${query === '' ? '' : `&${query.slice(1)}`}`
    case 'host':
      return `${scheme}${edit.host}${port}${path}${query}`
    case 'port':
      return `${scheme}${host}:${edit.port}${path}${query}`
    default:
      return url
  }
}

function editTcp(tcp: TraceRequest['tcp'], edit: RequestEdit): TraceRequest['tcp'] {
  if (tcp === null) return null
  if (edit.kind === 'port') return {...tcp, dst: tcp.dst.replace(/:\d+$/, `:${edit.port}`)}
  return edit.kind === 'host' ? {...tcp, dst: tcp.dst.replace(/^.*(?=:\d+$)/, edit.host)} : tcp
}

/** The value that satisfies a wanted comparison, written `exact v`, `prefix v`, `present`; null where none can be named. */
function satisfying(want: string): string | null {
  const [, kind, value = ''] = /^(exact|prefix|suffix|contains|present)(?: (.*?))?(?: \(any case\))?$/.exec(want) ?? []
  if (kind === undefined) return null
  return kind === 'present' ? '1' : value
}

/** The edits that would turn one failed comparison; none where the request cannot change it. */
function editsFor({field, want}: Check): RequestEdit[] {
  const [, kind, name = ''] = /^(header|query) (.+)$/.exec(field) ?? []
  const value = satisfying(want)
  if (kind === 'header' && want.startsWith('!')) return [{kind: 'without header', name}]
  if (field === 'domains') return domainEdits(want)
  if (value === null) return []
  if (kind === 'query') return [{kind: 'query', name, value}]
  if (field === 'path' || field === 'url_path')
    return [{kind: 'path', path: value.startsWith('/') ? value : `/${value}`}]
  if (field === 'method' || (kind === 'header' && name === ':method')) return [{kind: 'method', method: value}]
  if (kind === 'header' && name === ':path') return [{kind: 'path', path: value}]
  if (kind === 'header' && name === ':authority') return [{kind: 'host', host: value}]
  return kind === 'header' ? [{kind: 'header', name, value}] : []
}

/** A domain that is a name of its own: no wildcard, no port. */
const domainEdits = (want: string): RequestEdit[] => {
  const host = want.split(', ').find((domain) => /^[a-z0-9.-]+[a-z0-9]$/i.test(domain))
  return host === undefined ? [] : [{kind: 'host', host}]
}

/** What a denial holds against a request can be taken back: another path, another method, the header left out. */
function editsAgainst({field}: Check): RequestEdit[] {
  if (field === 'path' || field === 'url_path') return [{kind: 'path', path: '/'}]
  if (field === 'method' || field === 'header :method') return [{kind: 'method', method: 'GET'}]
  return field.startsWith('header ') ? [{kind: 'without header', name: field.slice('header '.length)}] : []
}

/** Every edit that a decision suggests: what its losers wanted, and what its winner took. */
export const editsOf = ({because, passedOver}: Step): RequestEdit[] => [
  ...passedOver.filter(({check}) => check.holds === 'no').flatMap(({check}) => editsFor(check)),
  ...because.flatMap(editsAgainst),
]
