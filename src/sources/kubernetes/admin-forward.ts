import type {Duplex} from 'node:stream'
import {SourceError} from '../../errors.js'
import type {AdminAnswer, AdminOptions, AdminPoint} from '../admin-point.js'
import {askHttp} from '../admin-request.js'
import {errorCode} from '../file-error.js'
import type {Cluster, PodRef} from './cluster.js'
import {DroppedStream} from './pod-failure.js'

/**
 * Asks a pod's Envoy through a forwarded port. The answer is read whole before it is handed on, so that a stream that the cluster drops in the
 * middle can be asked for once more; the second drop is reported.
 * @throws SourceError
 */
export async function askOverForward(
  cluster: Cluster,
  pod: PodRef,
  port: number,
  path: string,
  options: AdminOptions,
  place: Pick<AdminPoint, 'where' | 'hint'>,
): Promise<AdminAnswer> {
  const ask = async (): Promise<AdminAnswer> => {
    const stream = await cluster.dial(pod, port, {signal: options.signal})
    try {
      // The HTTP client hears nothing of a stream that failed before its first word.
      return await Promise.race([readWhole(place, path, stream, options), failureOf(stream)])
    } finally {
      stream.destroy()
    }
  }
  try {
    return await ask()
  } catch (error) {
    if (!isDrop(error)) throw error
  }
  return ask().catch((error: unknown) => {
    throw isDrop(error) ? droppedTwice(place, error) : error
  })
}

async function readWhole(
  place: Pick<AdminPoint, 'where' | 'hint'>,
  path: string,
  stream: Duplex,
  options: AdminOptions,
): Promise<AdminAnswer> {
  const headers = {host: 'localhost', connection: 'close'}
  const answer = await askHttp(place, {path, headers, createConnection: () => stream}, options)
  const pieces: Uint8Array[] = []
  for await (const piece of answer.body) pieces.push(piece)
  return {...answer, body: inPieces(pieces)}
}

const failureOf = (stream: Duplex): Promise<never> =>
  new Promise((_, reject) => {
    if (stream.errored) reject(stream.errored)
    // An end in the middle of the answer is the HTTP client's to tell.
    else stream.once('error', (error) => (error instanceof DroppedStream ? undefined : reject(error)))
  })

const droppedTwice = ({where}: Pick<AdminPoint, 'where'>, cause: unknown): SourceError =>
  new SourceError(
    'unreachable',
    'the forwarded stream broke off before the end of the answer, twice',
    where,
    'The pod may be gone, or its node; a proxy between may cut long answers',
    {cause},
  )

async function* inPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

/** An end before the answer's end: the cluster's own word for it, or what the HTTP client makes of a closed connection. */
const isDrop = (error: unknown): boolean =>
  error instanceof DroppedStream || (error instanceof SourceError && errorCode(error.cause) === 'ECONNRESET')
