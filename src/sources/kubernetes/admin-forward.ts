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
      const headers = {host: 'localhost', connection: 'close'}
      const answer = await askHttp(place, {path, headers, createConnection: () => stream}, options)
      const pieces: Uint8Array[] = []
      for await (const piece of answer.body) pieces.push(piece)
      return {...answer, body: inPieces(pieces)}
    } finally {
      stream.destroy()
    }
  }
  return ask().catch((error: unknown) => {
    if (isDrop(error)) return ask()
    throw error
  })
}

async function* inPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

/** An end before the answer's end: the cluster's own word for it, or what the HTTP client makes of a closed connection. */
const isDrop = (error: unknown): boolean =>
  error instanceof DroppedStream || (error instanceof SourceError && errorCode(error.cause) === 'ECONNRESET')
