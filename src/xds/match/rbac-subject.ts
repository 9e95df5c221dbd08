import type {SocketAddress} from '../../address/socket-address.js'
import type {Check} from '../../decision/check.js'
import type {Extension} from '../parse/extension.js'
import type {JsonObject} from '../parse/field.js'
import type {DownstreamConnection} from './connection.js'
import type {RequestInputs} from './matcher-inputs.js'
import type {MetadataNamespace} from './metadata-matcher.js'
import type {FilterState} from './stream-state.js'

/** Who and what an RBAC filter judges: a connection, and in HTTP the request as this filter sees it. */
export interface RbacSubject {
  connection: DownstreamConnection
  /** `remote_ip`: after x-forwarded-for in HTTP, the connection's remote address elsewhere; null where not known. */
  remote: SocketAddress | null
  /** Absent: the connection's. */
  filterState?: FilterState
  /** Every filter before is known, so that nothing else has set filter state under a name of its own choice. */
  knowsFilterState?: boolean
  /** Null in a network filter. */
  request: RbacRequest | null
}

/** What RBAC asks of a request. Paths are those after the connection manager's normalisation, before the router's rewrites. */
export interface RbacRequest {
  /** With its query; null where the request has none (CONNECT). */
  path: string | null
  /** Judges a `HeaderMatcher`. */
  judgeHeader(matcher: JsonObject): Check
  /** Judges a URI template with the path. */
  judgeTemplate(template: Extension): Check
  inputs: RequestInputs
  /** Dynamic metadata by namespace. */
  dynamicMetadata(namespace: string): MetadataNamespace
  /** The chosen route's `metadata` by namespace; null where no route was found. */
  routeMetadata: ((namespace: string) => MetadataNamespace) | null
}
