import type {IncomingMessage, RequestOptions} from 'node:http'
import {request as requestPlain} from 'node:http'
import {request as requestTls} from 'node:https'
import {KubeConfig} from '@kubernetes/client-node/dist/config.js'
// By their files: the package's index loads its generated clients of every API, which nothing here calls.
import {WebSocketHandler} from '@kubernetes/client-node/dist/web-socket-handler.js'
import {SourceError} from '../../errors.js'
import {answerFailure, connectionFailure, credentialFailure} from './api-failure.js'
import type {Access} from './cluster.js'

/** One question to the API server. */
export interface ApiCall {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** What the question needs the right to do, for the message of a refusal. */
  access: Access
  body?: string
  contentType?: string
}

/** What is used of the WebSocket that client-node opens: one of the package `ws`, which brings no types. */
export interface Socket {
  readonly protocol: string
  onclose: (event: {code: number}) => void
  onerror: (event: {message: string}) => void
  send(bytes: Uint8Array, done?: (error?: Error) => void): void
  pause(): void
  resume(): void
  close(): void
  terminate(): void
}

export interface SocketCall {
  path: string
  access: Access
  signal?: AbortSignal | undefined
  /** Gets every message with the number of its channel. */
  receive: (channel: number, bytes: Buffer) => void
}

/** The API server of a kubeconfig's current context. */
export interface Connection {
  context: string
  namespace: string
  /** Milliseconds without an answer, or without a further piece of it, after which nothing more is expected. */
  timeoutMs: number
  /** The body of an answer that is a success. @throws SourceError */
  call(call: ApiCall): Promise<Buffer>
  /** @throws SourceError when the server does not open it */
  open(call: SocketCall): Promise<Socket>
}

/** Talks to the API server with the credentials that client-node finds: certificates, tokens, exec and OIDC plugins, proxies. */
export function openConnection(config: KubeConfig, timeoutMs: number): Connection {
  const where = config.getCurrentContext()
  const server = config.getCurrentCluster()?.server ?? ''
  const place = {where: `cluster ${where}`, server, timeoutMs}
  const options = async (): Promise<RequestOptions> => {
    const found: RequestOptions = {}
    try {
      await config.applyToHTTPSOptions(found)
    } catch (error) {
      throw credentialFailure(error, place)
    }
    return found
  }
  const call = async (asked: ApiCall): Promise<Buffer> => {
    const answer = await send(server, asked, await options(), timeoutMs).catch((error: unknown) => {
      throw connectionFailure(error, place)
    })
    if (answer.status >= 200 && answer.status < 300) return answer.body
    throw answerFailure(answer, asked.access, place)
  }
  return {
    context: where,
    namespace: config.getContextObject(where)?.namespace ?? 'default',
    timeoutMs,
    call,
    open: async (asked) => {
      await options()
      try {
        return await connectSocket(config, asked, timeoutMs)
      } catch (error) {
        throw await socketFailure(error, asked, call, place)
      }
    },
  }
}

interface Answer {
  status: number
  body: Buffer
}

async function send(server: string, call: ApiCall, options: RequestOptions, timeoutMs: number): Promise<Answer> {
  const url = new URL(server.replace(/\/+$/, '') + call.path)
  const request = url.protocol === 'http:' ? requestPlain : requestTls
  const headers = {
    ...options.headers,
    accept: 'application/json',
    ...(call.body === undefined ? {} : {'content-type': call.contentType ?? 'application/json'}),
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(url, {...options, method: call.method, headers})
    // Of the connection and of every pause in the answer.
    asked.setTimeout(timeoutMs, () => asked.destroy(Object.assign(new Error('no answer in time'), {code: 'ETIMEDOUT'})))
    asked.on('response', resolve)
    asked.on('error', reject)
    asked.end(call.body)
  })
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  return {status: response.statusCode ?? 0, body: Buffer.concat(pieces)}
}

/** client-node passes these options on to `ws`, which knows them. */
function connectSocket(config: KubeConfig, {path, signal, receive}: SocketCall, timeoutMs: number): Promise<Socket> {
  const timed = new KubeConfig()
  timed.loadFromOptions(config)
  timed.applyToHTTPSOptions = async (options) => {
    await config.applyToHTTPSOptions(options)
    Object.assign(options, {handshakeTimeout: timeoutMs, perMessageDeflate: false, ...(signal && {signal})})
  }
  return new WebSocketHandler(timed).connect(path, null, (channel: number, bytes: Buffer) => {
    receive(channel, bytes)
    return true
  })
}

/** A WebSocket tells the number of a refusal alone: the same question without the upgrade gets the reason too, and does nothing else. */
async function socketFailure(
  error: unknown,
  {path, access, signal}: SocketCall,
  call: Connection['call'],
  place: {where: string; server: string; timeoutMs: number},
): Promise<unknown> {
  if (signal?.aborted) return signal.reason
  const cause = error instanceof Error ? error : reasonOf(error)
  const status = /Unexpected server response: (\d+)/.exec(cause.message)?.[1]
  if (status === undefined) return connectionFailure(cause, place)
  try {
    await call({method: 'GET', path, access})
  } catch (reason) {
    const isUpgrade = reason instanceof SourceError && /upgrade/i.test(reason.failure.what)
    if (!isUpgrade) return reason
  }
  return answerFailure({status: Number(status), body: Buffer.alloc(0)}, access, place)
}

/** An event of `ws` carries the error that it is about. */
function reasonOf(event: unknown): Error {
  if (typeof event !== 'object' || event === null) return new Error(String(event))
  if ('error' in event && event.error instanceof Error) return event.error
  return new Error('message' in event ? String(event.message) : 'no reason given')
}
