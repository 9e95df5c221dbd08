import {parseSocketAddress} from '../../address/socket-address.js'
import {boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import type {FilterState, FilterStateObject, Sharing} from './stream-state.js'
import {type FormatSubject, formatValue} from './substitution-format.js'

const isSharing = (text: string | undefined): text is Sharing => text === 'ONCE' || text === 'TRANSITIVE'

/** Objects that Envoy makes of addresses alone. */
const addressKeys = new Set([
  'envoy.filters.listener.original_dst.local_ip',
  'envoy.filters.listener.original_dst.remote_ip',
  'envoy.network.transport_socket.original_dst_address',
])

const isObjectOf = (key: string, value: string): boolean => !addressKeys.has(key) || parseSocketAddress(value) !== null

/**
 * Filter state after a list of `FilterStateValue`s, each of which sees what the ones before it set: the listener, network
 * and HTTP filters called set_filter_state have such lists. A value that is none for its key is not set.
 * @param fixed what stands already for longer than this stream: FilterStateImpl::setData refuses to set it anew.
 */
export function setFilterState(
  list: readonly JsonObject[],
  subject: FormatSubject,
  fixed: FilterState = {},
): FilterState {
  const set: Record<string, FilterStateObject> = {...subject.state.filterState}
  for (const entry of list) {
    const key = string(entry, 'object_key') ?? ''
    const value = valueOf(entry, {...subject, state: {...subject.state, filterState: set}})
    const refused = fixed[key] || set[key]?.readOnly || (value !== null && !isObjectOf(key, value))
    if (refused || (value === '' && boolean(entry, 'skip_if_empty'))) continue
    const sharing = string(entry, 'shared_with_upstream')
    const readOnly = boolean(entry, 'read_only') ?? false
    set[key] = {value, sharing: isSharing(sharing) ? sharing : 'NONE', readOnly}
  }
  return set
}

/** Null where only the running system knows it. */
function valueOf(entry: JsonObject, subject: FormatSubject): string | null {
  const format = object(entry, 'format_string') ?? {}
  const text = string(object(format, 'text_format_source') ?? {}, 'inline_string') ?? string(format, 'text_format')
  return text === undefined ? null : formatValue(text, subject)
}

/** The values of a filter's list, in one of its members. */
export const filterStateValues = (raw: JsonObject, ...members: string[]): JsonObject[] =>
  members.flatMap((name) => objects(raw, name))
