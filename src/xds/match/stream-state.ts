import type {JsonObject} from '../parse/field.js'

/** How far an object of filter state goes: this stream alone, the next upstream connection, or every one after it too. */
export type Sharing = 'NONE' | 'ONCE' | 'TRANSITIVE'

/** One object of filter state. */
export interface FilterStateObject {
  /** Null: known to the running system alone. */
  value: string | null
  sharing: Sharing
  /** Nothing sets it anew. */
  readOnly: boolean
}

/** Filter state by key. */
export type FilterState = Readonly<Record<string, FilterStateObject>>

/** What filters, and internal connections, attach to a stream. */
export interface StreamState {
  /** Dynamic metadata by namespace. */
  metadata: Readonly<Record<string, JsonObject>>
  filterState: FilterState
}

export const emptyState: StreamState = {metadata: {}, filterState: {}}

/** What an upstream connection inside this Envoy gets of the filter state: objects that are shared with upstreams. */
export const sharedWithUpstream = (filterState: FilterState): FilterState =>
  Object.fromEntries(
    Object.entries(filterState)
      .filter(([, {sharing}]) => sharing !== 'NONE')
      .map(([key, set]) => [key, set.sharing === 'ONCE' ? {...set, sharing: 'NONE' as const} : set]),
  )
