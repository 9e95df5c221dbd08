import {type IncomingMessage, type RequestOptions, request} from 'node:http'
import {isSidetraceError, SourceError} from '../errors.js'
import type {AdminAnswer, AdminOptions, AdminPoint} from './admin-point.js'
import {errorCode} from './file-error.js'

const defaultTimeoutMs = 10_000

type Place = Pick<AdminPoint, 'where' | 'hint'>

/** One HTTP request to an admin interface, over whatever connection `target` makes. @throws SourceError (unreachable) */
export async function askHttp(point: Place, target: RequestOptions, options: AdminOptions = {}): Promise<AdminAnswer> {
  const place = {where: `${point.where}${target.path ?? ''}`, hint: point.hint}
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const response = await getResponse(target, place, timeoutMs, options)
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    body: readBody(response, place, timeoutMs),
  }
}

function getResponse(target: RequestOptions, place: Place, timeoutMs: number, options: AdminOptions) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const {method = 'GET', signal} = options
    const asked = request({...target, method, headers: {accept: '*/*', ...target.headers}, ...(signal && {signal})})
    const timer = setTimeout(() => asked.destroy(timedOut('did not answer', place, timeoutMs)), timeoutMs)
    asked.on('response', (response) => {
      clearTimeout(timer)
      resolve(response)
    })
    asked.on('error', (error) => {
      clearTimeout(timer)
      reject(connectionError(error, place))
    })
    asked.end()
  })
}

async function* readBody(response: IncomingMessage, place: Place, timeoutMs: number): AsyncGenerator<Uint8Array> {
  const stall = () => response.destroy(timedOut('stopped in the middle of its answer', place, timeoutMs))
  let timer = setTimeout(stall, timeoutMs)
  try {
    for await (const chunk of response) {
      clearTimeout(timer)
      yield chunk
      timer = setTimeout(stall, timeoutMs)
    }
  } catch (error) {
    throw isSidetraceError(error) ? error : connectionError(error, place)
  } finally {
    clearTimeout(timer)
    response.destroy()
  }
}

const timedOut = (what: string, {where, hint}: Place, timeoutMs: number): SourceError =>
  new SourceError('unreachable', `${what} within ${timeoutMs / 1000} s`, where, hint)

/** What the operating system or the HTTP parser said, in the tool's words. */
function connectionError(error: unknown, {where, hint}: Place): SourceError {
  if (error instanceof SourceError) return error
  const code = errorCode(error)
  const what = connectionFailures[code] ?? (code.startsWith('HPE_') ? 'does not speak HTTP' : undefined)
  const reason = error instanceof Error ? error.message : String(error)
  return new SourceError('unreachable', what ?? `cannot be asked (${reason})`, where, hint, {cause: error})
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
