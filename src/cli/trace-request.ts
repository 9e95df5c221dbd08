import {UsageError} from '../errors.js'
import {findPod} from '../snapshot/pod-name.js'
import type {SnapshotDocument} from '../snapshot/snapshot.js'
import type {RpcCall, TraceRequest} from '../trace/request.js'
import {readRpcUrl} from '../views/rpc-url.js'

export interface TraceArgs {
  client?: string | undefined
  url?: string | undefined
}

/** The flags of `trace` that describe the request, as curl has them. */
export interface RequestFlags {
  method?: string | undefined
  header?: string[] | undefined
  'http1.0': boolean
  'http2-prior-knowledge': boolean
  resolve?: string | undefined
  tcp?: string | undefined
  protocol?: RpcCall['protocol'] | undefined
  service?: string | undefined
  data?: string | undefined
  uid?: number | undefined
  gid?: number | undefined
  connection?: TraceRequest['connection'] | undefined
}

/** What the sample is asked without arguments. */
const sampleQuestion = {client: 'productpage', url: 'http://reviews:9080/reviews/0', header: ['end-user: jason']}

/** The request that the command line describes. @throws UsageError */
export function requestOf(document: SnapshotDocument, args: TraceArgs, flags: RequestFlags): TraceRequest {
  const asked =
    args.client === undefined && document.name === 'bookinfo' ? sampleQuestion : {...args, header: flags.header ?? []}
  if (asked.client === undefined)
    throw new UsageError('no client is named', 'trace', 'Say which pod asks, and what: sidetrace trace POD URL')
  if (asked.url === undefined && flags.tcp === undefined)
    throw new UsageError('nothing is asked for', 'trace', 'Give a URL, or --tcp HOST:PORT')
  if (asked.url !== undefined && flags.tcp !== undefined)
    throw new UsageError('a URL and --tcp exclude each other', 'trace')
  const pod = findPod(document, asked.client)
  const rpc = rpcOf(asked.url, flags)
  if (rpc !== null) return rpcRequest(`${pod.namespace}/${pod.name}`, flags.uid ?? pod.appUid ?? 1000, rpc, flags)
  const uid = flags.uid ?? pod.appUid ?? 1000
  return {
    client: {pod: `${pod.namespace}/${pod.name}`, uid, gid: flags.gid ?? uid},
    url: asked.url === undefined ? null : urlOf(asked.url),
    method: asked.url === undefined ? null : (flags.method ?? 'GET'),
    headers: asked.header.map(headerLine),
    httpVersion: asked.url === undefined ? null : versionOf(flags),
    connectTo: asked.url === undefined ? null : connectToOf(flags.resolve, asked.url),
    proxyRequest: false,
    tls: null,
    tcp: flags.tcp === undefined ? null : {dst: tcpTarget(flags.tcp), data: flags.data ?? null},
    ...(flags.connection === 'reused' && {connection: flags.connection}),
  }
}

/** `dubbo://host:port/interface`, or `--protocol dubbo --service interface --tcp host:port`; null for other requests. */
function rpcOf(url: string | undefined, flags: RequestFlags): RpcCall | null {
  const named = readRpcUrl(url ?? '')
  const protocol = named?.protocol ?? flags.protocol
  if (protocol === undefined) {
    if (flags.service === undefined) return null
    throw new UsageError('names the service of a Dubbo or bolt call', '--service', 'Add --protocol dubbo')
  }
  const service = flags.service ?? named?.service ?? ''
  const dst = named?.dst ?? flags.tcp
  if (service === '' || dst === undefined)
    throw new UsageError(
      'a Dubbo or bolt call needs a service and an address',
      'trace',
      'For example dubbo://127.0.0.1:20882/com.example.Service',
    )
  const headers = (flags.header ?? []).map(headerLine).map(([name, value]): [string, string] => [name, value ?? ''])
  return {protocol, dst: tcpTarget(dst), service, method: flags.method ?? null, headers}
}

const rpcRequest = (pod: string, uid: number, rpc: RpcCall, flags: RequestFlags): TraceRequest => ({
  client: {pod, uid, gid: flags.gid ?? uid},
  url: null,
  method: null,
  headers: [],
  httpVersion: null,
  connectTo: null,
  proxyRequest: false,
  tls: null,
  tcp: null,
  rpc,
})

/** curl takes `host/path` for http. */
function urlOf(text: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (!/^https?:\/\/[^/?#]+/i.test(url)) throw new UsageError('is no http or https URL', text)
  return url
}

/** As curl has it: `name: value`, `name:` leaves a line out, `name;` sends an empty one. */
function headerLine(line: string): [string, string | null] {
  if (/^[^:;\s]+;$/.test(line)) return [line.slice(0, -1), '']
  const colon = line.indexOf(':')
  if (colon < 1) throw new UsageError("is no 'name: value'", `--header ${line}`)
  const value = line.slice(colon + 1).trim()
  return [line.slice(0, colon), value === '' ? null : value]
}

function versionOf(flags: RequestFlags): TraceRequest['httpVersion'] {
  if (flags['http1.0'] && flags['http2-prior-knowledge'])
    throw new UsageError('--http1.0 and --http2-prior-knowledge exclude each other', 'trace')
  if (flags['http1.0']) return '1.0'
  return flags['http2-prior-knowledge'] ? '2' : '1.1'
}

/** `HOST:PORT:ADDR` as curl has it; it applies where the URL names that host and port. */
function connectToOf(resolve: string | undefined, url: string): string | null {
  if (resolve === undefined) return null
  const parts = /^([^:]+):(\d+):(.+)$/.exec(resolve)
  if (!parts) throw new UsageError('is no HOST:PORT:ADDR', `--resolve ${resolve}`)
  const [, host = '', port = '', address = ''] = parts
  const {hostname, protocol, port: named} = new URL(url)
  const asked = named === '' ? (protocol === 'https:' ? '443' : '80') : named
  if (hostname.toLowerCase() !== host.toLowerCase() || asked !== port) return null
  return address.includes(':') && !address.startsWith('[') ? `[${address}]:${port}` : `${address}:${port}`
}

function tcpTarget(text: string): string {
  if (!/^(\[[^\]]+\]|[^:]+):\d{1,5}$/.test(text)) throw new UsageError('is no HOST:PORT', `--tcp ${text}`)
  return text
}
