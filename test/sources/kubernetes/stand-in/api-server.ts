import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {acceptSocket, type Peer} from './web-socket.js'

/** An API server that answers what a test wants it to. */
export interface ApiStandIn {
  url: string
  /** A kubeconfig whose current context is `test`, with namespace `shop`. */
  kubeconfig: string
  /** Paths of the questions and streams so far, each with its method. */
  asked: string[]
  close(): Promise<void>
}

export interface Answers {
  /** Answers a question; one that it leaves open hangs. */
  answer?: (path: string, response: ServerResponse, request: IncomingMessage) => void
  /** Takes a stream; where it gives a status instead, the stream is refused with it. */
  stream?: (path: string, open: () => Peer) => {status: number; body: object} | undefined
}

export async function startApi({answer, stream}: Answers): Promise<ApiStandIn> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const refusals = new Map<string, {status: number; body: object}>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(`${request.method} ${path}`)
    const refusal = refusals.get(path)
    if (refusal !== undefined) json(response, refusal.status, refusal.body)
    else if (answer === undefined) json(response, 404, status(404, 'not found'))
    else answer(path, response, request)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket) => {
    const path = request.url ?? ''
    asked.push(`STREAM ${path}`)
    const refusal = stream?.(path, () => acceptSocket(request, socket))
    if (refusal === undefined) return
    refusals.set(path, refusal)
    socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    kubeconfig: kubeconfigText(url),
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export const kubeconfigText = (url: string): string => `apiVersion: v1
kind: Config
current-context: test
clusters: [{name: c, cluster: {server: "${url}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: t}}]
contexts:
- {name: test, context: {cluster: c, user: u, namespace: shop}}
- {name: plain, context: {cluster: c, user: u}}
- {name: headless, context: {cluster: gone, user: u}}
`

export function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, {'content-type': 'application/json'})
  response.end(JSON.stringify(body))
}

/** The object with which an API server refuses. */
export const status = (code: number, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  message,
})
