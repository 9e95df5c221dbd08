import type {Interception, Membership, Origin} from '../interception.js'

/** What the programs have noted so far. Every decision returns the next state; the given one stays as it is. */
export interface HookState {
  memberships: ReadonlyMap<number, Membership>
  processes: ReadonlyMap<number, string>
  /** By the cookie of the connecting socket. */
  originals: ReadonlyMap<string, Origin>
  /** By the connection as its connecting socket sees it. */
  pairs: ReadonlyMap<string, Origin>
  /** Connections as seen from each of the sockets that are in the map. */
  sockets: ReadonlySet<string>
  /** Last two bytes of the next stand-in address 127.128.x.y; null where the counter was not captured. */
  standIn: number | null
}

/** The state as it was captured. Notes of connections that are over have no bearing on new ones. */
export const capturedState = ({content}: Interception): HookState => ({
  memberships: content.memberships ?? new Map(),
  processes: content.processes ?? new Map(),
  originals: new Map(),
  pairs: content.pairs ?? new Map(),
  sockets: content.sockets ?? new Set(),
  standIn: null,
})

export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map(map).set(key, value)
