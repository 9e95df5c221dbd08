import type {Proxy as Envoy} from '../proxy.js'
import type {DownstreamConnection} from './connection.js'
import type {HostNeed} from './http-verdict.js'

/** A request for a host: who asks, for what, and whether the reasons are wanted. */
export interface Ask {
  envoy: Envoy
  need: HostNeed
  connection: DownstreamConnection
  explain: boolean
}
