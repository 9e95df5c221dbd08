import {type ClientHttp2Session, connect as connectHttp2} from 'node:http2'
import {connect} from 'node:net'
import type {LiveRequest} from './random-request.js'

/** The status that Envoy answers with; null where the stream or connection ends without one. */
export type Status = number | null

/** Sends a request as it is written, however odd, on a connection of its own. */
export function askHttp1(host: string, port: number, {protocol, http}: LiveRequest): Promise<Status> {
  const version = protocol === 'http1.0' ? '1.0' : '1.1'
  const hostLine = http.authority === null ? [] : [`Host: ${http.authority}`]
  const lines = [...hostLine, ...http.headers.map(([name, value]) => `${name}: ${value}`)]
  const bytes = `${[`${http.method} ${http.path} HTTP/${version}`, ...lines].join('\r\n')}\r\n\r\n`
  return new Promise((resolve) => {
    const socket = connect({host, port})
    let text = ''
    const end = (status: Status) => {
      socket.destroy()
      resolve(status)
    }
    socket.setTimeout(5000, () => end(null))
    socket.on('error', () => end(null)).on('close', () => end(null))
    socket.on('data', (data) => {
      text += data.toString('latin1')
      const status = /^HTTP\/1\.[01] (\d+)/.exec(text)?.[1]
      if (status !== undefined && text.includes('\r\n\r\n')) end(Number(status))
    })
    socket.write(bytes)
  })
}

/** HTTP/2 with prior knowledge, one session for each listener. */
export class Http2Client {
  private readonly sessions = new Map<number, ClientHttp2Session>()

  ask(host: string, port: number, {http}: LiveRequest): Promise<Status> {
    const headers: Record<string, string | string[]> = {
      ':method': http.method,
      ':path': http.path,
      ':authority': http.authority ?? '',
      ':scheme': 'http',
    }
    for (const [name, value] of http.headers) {
      const known = headers[name]
      headers[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]
    }
    return new Promise((resolve) => {
      const stream = this.session(host, port).request(headers, {endStream: true})
      stream.setTimeout(5000, () => stream.close())
      stream.on('response', (response) => resolve(Number(response[':status'])))
      stream.on('error', () => resolve(null)).on('close', () => resolve(null))
      stream.resume()
    })
  }

  close(): void {
    for (const session of this.sessions.values()) session.destroy()
  }

  private session(host: string, port: number): ClientHttp2Session {
    const open = this.sessions.get(port)
    if (open && !open.closed && !open.destroyed) return open
    const session = connectHttp2(`http://${host}:${port}`)
    session.on('error', () => {})
    this.sessions.set(port, session)
    return session
  }
}
