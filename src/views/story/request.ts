import type {TraceRequest} from '../../trace/request.js'
import {type Line, line, type Span, span} from '../styled.js'
import {shorten} from '../wrap.js'
import {podName, podNamespace} from './names.js'

const headerSpan = ([name, value]: [string, string | null]): Span =>
  span(value === null ? `   without ${name}` : `   ${name}: ${shorten(value, 40)}`, 'name')

function extras(request: TraceRequest): string[] {
  const {httpVersion, connectTo, proxyRequest, tls} = request
  return [
    ...(httpVersion === null || httpVersion === '1.1' ? [] : [`HTTP/${httpVersion}`]),
    ...(connectTo === null ? [] : [`connecting to ${connectTo}`]),
    ...(request.connection === 'reused' ? ['on open connections'] : []),
    ...(proxyRequest ? ['target in absolute form'] : []),
    ...(tls?.sni == null ? [] : [`SNI ${tls.sni}`]),
    ...(tls === null || tls.alpn.length === 0 ? [] : [`ALPN ${tls.alpn.join(',')}`]),
    ...(tls?.cert == null ? [] : [`certificate of ${tls.cert.uriSans[0] ?? tls.cert.subject ?? 'no name'}`]),
  ]
}

/** What is asked for, in one line. */
export function tellRequest(request: TraceRequest): Line {
  const {tcp, rpc} = request
  if (rpc) {
    const method = rpc.method === null ? '' : `.${rpc.method}`
    return line(
      span(`${rpc.protocol} ${rpc.service}${method}`, 'strong'),
      `   at ${rpc.dst}`,
      ...rpc.headers.map(headerSpan),
    )
  }
  if (tcp !== null) {
    const says =
      tcp.data === null || tcp.data === '' ? 'says nothing' : `sends ${shorten(JSON.stringify(tcp.data), 30)}`
    return line(span('TCP ', 'strong'), span(tcp.dst, 'strong'), `   ${says}`)
  }
  const more = extras(request)
  return line(
    span(`${request.method ?? 'GET'} ${request.url ?? ''}`, 'strong'),
    ...request.headers.map(headerSpan),
    ...(more.length === 0 ? [] : [span(`   ${more.join(', ')}`)]),
  )
}

/** Who asks, in one line. */
export function tellClient({client}: TraceRequest): Line {
  const group = client.gid === client.uid ? '' : ` gid ${client.gid}`
  return line(`from ${podName(client.pod)} (${podNamespace(client.pod)}), uid ${client.uid}${group}`)
}
