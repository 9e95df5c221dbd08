import type {Outcome} from './result.js'
import {isGrpc, type RoutedRequest} from './routed-request.js'

/** An answer that Envoy makes itself: status, %RESPONSE_FLAGS% and response_code_details. */
export interface LocalReply {
  status: number | null
  responseFlags: string
  details: string | null
}

/** The answer as it reaches the client: a gRPC request gets HTTP 200, with the meaning in grpc-status. */
export const localReply = (
  request: Pick<RoutedRequest, 'path' | 'headers'>,
  {status, responseFlags, details}: LocalReply,
): Outcome => ({
  kind: 'responded',
  status: status !== null && isGrpc(request) ? 200 : status,
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
