import type {HttpRequest} from './request.js'
import type {Outcome} from './result.js'

/** Grpc::Common::isGrpcRequestHeaders: the content type, case-sensitive, bare or with a `+suffix`. */
export function isGrpcRequest(request: HttpRequest): boolean {
  const type = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].trim()
  return type !== undefined && (type === 'application/grpc' || type.startsWith('application/grpc+'))
}

/** An answer that Envoy makes itself. A gRPC request gets it as HTTP 200, with the meaning in grpc-status. */
export const localReply = (request: HttpRequest, status: number, responseFlags: string, details: string): Outcome => ({
  kind: 'responded',
  status: isGrpcRequest(request) ? 200 : status,
  responseFlags,
  details,
})

/** A connection that Envoy closes. */
export const connectionClosed = (responseFlags: string, details: string | null = null): Outcome => ({
  kind: 'reset',
  status: null,
  responseFlags,
  details,
})

export const forwarded: Outcome = {kind: 'forwarded', status: null, responseFlags: '-', details: null}

export const unknownOutcome: Outcome = {kind: 'unknown', status: null, responseFlags: '-', details: null}
