import type {Outcome} from './result.js'
import {isGrpc, type RoutedRequest} from './routed-request.js'

/** An answer that Envoy gives itself: status, %RESPONSE_FLAGS% and response_code_details. */
export interface OwnAnswer {
  status: number | null
  responseFlags: string
  details: string | null
}

/** The answer as it reaches the client: a gRPC request gets HTTP 200, with the meaning in grpc-status. */
export const ownAnswer = (request: RoutedRequest, {status, responseFlags, details}: OwnAnswer): Outcome => ({
  kind: 'responded',
  status: status !== null && isGrpc(request) ? 200 : status,
  responseFlags,
  details,
})
