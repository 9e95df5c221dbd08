import {SourceError} from '../errors.js'
import {kindOfContent} from './kind-of-content.js'

/** An answer of Envoy's admin interface as it arrives. The body's iterator throws a SourceError when the proxy stalls or goes away. */
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

/** The admin interface of one Envoy, by whatever way it is reached. */
export interface AdminPoint {
  /** What messages call it: `HOST:PORT`, a pod. */
  readonly where: string
  /** What to look at when something else answers there. */
  readonly hint: string
  /** @throws SourceError when nothing answers in time */
  ask(path: string, options?: AdminOptions): Promise<AdminAnswer>
}

/**
 * The whole body of an answer that must be 200 and no web page.
 * @throws SourceError (unreachable) that says what answered instead
 */
export async function askBytes(point: AdminPoint, path: string, options: AdminOptions = {}): Promise<Uint8Array> {
  const answer = await point.ask(path, options)
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  checkAnswer(answer, body, point, path)
  return body
}

/** The same in pieces, as they arrive. */
export async function* askPieces(point: AdminPoint, path: string): AsyncGenerator<Uint8Array> {
  yield* checkedPieces(await point.ask(path), point, path)
}

/** The body of an answer in pieces, the first of which shows what answered. @throws SourceError (unreachable) */
export async function* checkedPieces(answer: AdminAnswer, point: AdminPoint, path: string): AsyncGenerator<Uint8Array> {
  let checked = false
  for await (const piece of answer.body) {
    if (!checked) checkAnswer(answer, piece, point, path)
    checked = true
    yield piece
  }
  if (!checked) checkAnswer(answer, new Uint8Array(), point, path)
}

/** Refuses what no Envoy answers to a question about its state. */
export function checkAnswer(
  answer: Pick<AdminAnswer, 'status' | 'contentType'>,
  head: Uint8Array,
  point: Pick<AdminPoint, 'where' | 'hint'>,
  path: string,
): void {
  const where = `${point.where}${path}`
  if (answer.status !== 200)
    throw new SourceError(
      'unreachable',
      `answered ${statusText(answer.status)}${quoted(answer, head)}`,
      where,
      answer.status >= 500
        ? 'Ask again when the proxy is ready; something between may answer in its place'
        : point.hint,
    )
  const {what} = kindOfContent(head.subarray(0, 4096))
  if (what === 'is empty') throw new SourceError('unreachable', 'answered nothing', where, point.hint)
  if (what === 'is an HTML page' || answer.contentType.startsWith('text/html'))
    throw new SourceError('unreachable', 'answered a web page, so it is no Envoy admin port', where, point.hint)
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
