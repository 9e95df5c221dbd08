import type {SocketAddress} from '../../address/socket-address.js'
import type {Located} from '../parse/config-dump.js'
import type {DownstreamConnection} from './connection.js'
import type {Suppositions} from './request.js'
import type {Surroundings} from './surroundings.js'

/** What stays the same while one request passes a connection manager. */
export interface Situation {
  surroundings: Surroundings
  manager: Located
  connection: DownstreamConnection
  /** The trusted client address; null where not known. */
  remote: SocketAddress | null
  suppositions: Suppositions
  /** The random value of the request, where the asker supposes one. */
  random: bigint | null
  /** False leaves out steps and notes. */
  explain: boolean
}
