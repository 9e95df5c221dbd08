import {type IncomingMessage, request} from 'node:http'
import {isSidetraceError, SourceError, UsageError} from '../errors.js'
import {errorCode} from './file-error.js'
import {kindOfContent} from './kind-of-content.js'

/** An answer of Envoy's admin port as it arrives. The body's iterator throws a SourceError when the server stalls or goes away. */
export interface AdminAnswer {
  status: number
  contentType: string
  body: AsyncIterable<Uint8Array>
}

export interface AdminOptions {
  /** Milliseconds until the first byte of the answer, and between any two pieces of it. Ten seconds by default. */
  timeoutMs?: number
  signal?: AbortSignal
  /** POST is what Envoy asks for where an answer changes something. GET by default. */
  method?: 'GET' | 'POST'
}

const defaultTimeoutMs = 10_000

const portHint = 'Is it Envoy’s admin port? In a sidecar it is 15000, reached with kubectl port-forward POD 15000'

/**
 * Asks an Envoy's admin port. `hostPort` is `HOST:PORT`, `[V6]:PORT` or a port of this machine.
 * @throws UsageError for something else, SourceError (unreachable) when nothing answers in time
 */
export async function fetchAdmin(hostPort: string, path: string, options: AdminOptions = {}): Promise<AdminAnswer> {
  const where = `${hostPort}${path}`
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const response = await getResponse(hostPort, path, where, timeoutMs, options)
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    body: readBody(response, where, timeoutMs),
  }
}

/**
 * The whole body of an answer that must be 200 and no web page.
 * @throws SourceError (unreachable) that says what the port answered instead
 */
export async function fetchAdminBytes(hostPort: string, path: string, options: AdminOptions = {}): Promise<Uint8Array> {
  const answer = await fetchAdmin(hostPort, path, options)
  const where = `${hostPort}${path}`
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  checkAnswer(answer, body, where)
  return body
}

/** Refuses what no Envoy answers to a question about its state. */
export function checkAnswer(
  answer: Pick<AdminAnswer, 'status' | 'contentType'>,
  head: Uint8Array,
  where: string,
): void {
  if (answer.status !== 200)
    throw new SourceError(
      'unreachable',
      `answered ${statusText(answer.status)}${quoted(answer, head)}`,
      where,
      statusHint(answer.status),
    )
  const {what} = kindOfContent(head.subarray(0, 4096))
  if (what === 'is empty') throw new SourceError('unreachable', 'answered nothing', where, portHint)
  if (what === 'is an HTML page' || answer.contentType.startsWith('text/html'))
    throw new SourceError('unreachable', 'answered a web page, so it is no Envoy admin port', where, portHint)
}

const longestQuote = 200

/** The first line of a text answer: Envoy says there what it did not like. */
function quoted({contentType}: Pick<AdminAnswer, 'contentType'>, head: Uint8Array): string {
  if (!contentType.startsWith('text/plain')) return ''
  const [line = ''] = Buffer.from(head.subarray(0, 4096)).toString('utf8').trim().split('\n')
  return line === '' ? '' : `: "${line.slice(0, longestQuote)}"`
}

const statusNames: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

const statusText = (status: number): string =>
  [status, statusNames[status]].filter((part) => part !== undefined).join(' ')

const statusHint = (status: number): string =>
  status >= 500 ? 'Ask again when the proxy is ready; something between may answer in its place' : portHint

function getResponse(hostPort: string, path: string, where: string, timeoutMs: number, options: AdminOptions) {
  const {host, port} = parseHostPort(hostPort)
  return new Promise<IncomingMessage>((resolve, reject) => {
    const {method = 'GET', signal} = options
    const asked = request({host, port, path, method, agent: false, headers: {accept: '*/*'}, ...(signal && {signal})})
    const timer = setTimeout(() => asked.destroy(timedOut('did not answer', where, timeoutMs)), timeoutMs)
    asked.on('response', (response) => {
      clearTimeout(timer)
      resolve(response)
    })
    asked.on('error', (error) => {
      clearTimeout(timer)
      reject(connectionError(error, where))
    })
    asked.end()
  })
}

async function* readBody(response: IncomingMessage, where: string, timeoutMs: number): AsyncGenerator<Uint8Array> {
  const stall = () => response.destroy(timedOut('stopped in the middle of its answer', where, timeoutMs))
  let timer = setTimeout(stall, timeoutMs)
  try {
    for await (const chunk of response) {
      clearTimeout(timer)
      yield chunk
      timer = setTimeout(stall, timeoutMs)
    }
  } catch (error) {
    throw isSidetraceError(error) ? error : connectionError(error, where)
  } finally {
    clearTimeout(timer)
    response.destroy()
  }
}

/** Splits `HOST:PORT`, `[V6]:PORT`, `:PORT` or `PORT`; a URL's scheme and final slash are forgiven. */
function parseHostPort(text: string): {host: string; port: number} {
  const parts = /^(?:http:\/\/)?(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/@?#[\]]*)):)?(\d{1,5})\/?$/.exec(text)
  const port = Number(parts?.[3])
  if (!parts || port < 1 || port > 65_535)
    throw new UsageError('is not HOST:PORT', `--admin ${text}`, 'For example --admin localhost:15000')
  return {host: parts[1] || parts[2] || '127.0.0.1', port}
}

const timedOut = (what: string, where: string, timeoutMs: number): SourceError =>
  new SourceError('unreachable', `${what} within ${timeoutMs / 1000} s`, where, portHint)

/** What the operating system or the HTTP parser said, in the tool's words. */
function connectionError(error: unknown, where: string): SourceError {
  if (error instanceof SourceError) return error
  const code = errorCode(error)
  const what = connectionFailures[code] ?? (code.startsWith('HPE_') ? 'does not speak HTTP' : undefined)
  const reason = error instanceof Error ? error.message : String(error)
  return new SourceError('unreachable', what ?? `cannot be asked (${reason})`, where, portHint, {cause: error})
}

const connectionFailures: Record<string, string> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer to the connection attempt',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'closed the connection before the answer was complete',
  EPIPE: 'closed the connection before the answer was complete',
  ABORT_ERR: 'was not asked to the end: interrupted',
}
