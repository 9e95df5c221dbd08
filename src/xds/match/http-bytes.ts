import type {Extension} from '../parse/extension.js'
import {string} from '../parse/field.js'
import {type ChainVerdict, ended, responded} from './chain-verdict.js'
import {matchHttp} from './http.js'
import {connectionClosed, unknownOutcome} from './local-reply.js'
import type {ChainQuestion} from './network-filters.js'

/** Puts the connection's bytes to an HTTP connection manager: the request where they are one that its codec reads. */
export function askConnectionManager(manager: Extension, question: ChainQuestion): ChainVerdict[] {
  const {request} = question
  const misfit = misfitOf(manager, question)
  if (misfit) return [misfit]
  // Nobody has said what is asked: the connection stands, and waits for a request.
  if (!request.http || request.protocol === 'silent') return [ended(unknownOutcome)]
  return matchHttp(question.envoy, manager, question.connection, request.http, question.suppositions, question.explain)
}

/** What the codec makes of bytes that are no HTTP, or not its version of it; null where it reads them. */
function misfitOf(manager: Extension, {connection, request, strayBytes}: ChainQuestion): ChainVerdict | null {
  if (request.protocol === 'silent' && !strayBytes) return null
  const readable = request.protocol !== 'tcp' && !strayBytes && (!connection.tls || connection.terminatesTls)
  const codec = string(manager.raw, 'codec_type') ?? 'AUTO'
  const http2 = readable && request.protocol === 'http2'
  if (codec === 'HTTP2') return http2 ? null : ended(connectionClosed('DPE', 'http2.invalid.header.field'))
  if (readable && (codec === 'AUTO' || !http2)) return null
  return ended(responded(400, 'DPE', 'http1.codec_error'))
}
