import {boolean, type JsonObject, object, objects, string, strings} from '../parse/field.js'
import {headerValue, type RoutedRequest, withAddedHeader, withHeader, withoutHeaders} from './routed-request.js'
import {type FormatSubject, formatValue} from './substitution-format.js'

type AppendAction = 'APPEND_IF_EXISTS_OR_ADD' | 'ADD_IF_ABSENT' | 'OVERWRITE_IF_EXISTS' | 'OVERWRITE_IF_EXISTS_OR_ADD'

const isAppendAction = (text: string | undefined): text is AppendAction =>
  text === 'ADD_IF_ABSENT' || text === 'OVERWRITE_IF_EXISTS' || text === 'OVERWRITE_IF_EXISTS_OR_ADD'

/** A compiled `HeaderValueOption`. */
interface Addition {
  name: string
  format: string
  action: AppendAction
  keepEmpty: boolean
}

/** What one level (route, virtual host, ...) does to request headers. */
export interface HeaderMutation {
  remove: ReadonlySet<string>
  add: Addition[]
}

/** What a request is after mutations, and the headers whose value only the running system knows. */
export interface Mutated {
  request: RoutedRequest
  unknown: string[]
}

function readAddition(option: JsonObject): Addition {
  const header = object(option, 'header') ?? {}
  const action = string(option, 'append_action')
  const appends = boolean(option, 'append') ?? true
  return {
    name: (string(header, 'key') ?? '').toLowerCase(),
    format: string(header, 'value') ?? '',
    action: isAppendAction(action) ? action : appends ? 'APPEND_IF_EXISTS_OR_ADD' : 'OVERWRITE_IF_EXISTS_OR_ADD',
    keepEmpty: boolean(option, 'keep_empty_value') ?? false,
  }
}

const compiled = new WeakMap<JsonObject, HeaderMutation | null>()

/** `request_headers_to_add` and `request_headers_to_remove` of a level; null where it has neither. */
export function requestMutation(level: JsonObject): HeaderMutation | null {
  let mutation = compiled.get(level)
  if (mutation === undefined) {
    const add = objects(level, 'request_headers_to_add').map(readAddition)
    const remove = new Set(strings(level, 'request_headers_to_remove').map((name) => name.toLowerCase()))
    mutation = add.length + remove.size > 0 ? {add, remove} : null
    compiled.set(level, mutation)
  }
  return mutation
}

/** HeaderParser::evaluateHeaders: first removals, then overwriting, then adding; values look at the request as it came. */
export function applyMutation(mutated: Mutated, mutation: HeaderMutation, subject: FormatSubject): Mutated {
  let request = withoutHeaders(mutated.request, mutation.remove)
  const unknown = mutated.unknown.filter((name) => !mutation.remove.has(name))
  const seen = request
  const added: [string, string][] = []
  for (const {name, format, action, keepEmpty} of mutation.add) {
    const exists = headerValue(seen, name) !== undefined
    if ((action === 'ADD_IF_ABSENT' && exists) || (action === 'OVERWRITE_IF_EXISTS' && !exists)) continue
    const value = formatValue(format, {...subject, request: seen})
    if (value === null) unknown.push(name)
    else if (value === '' && !keepEmpty) continue
    else if (action.startsWith('OVERWRITE')) request = withHeader(request, name, value)
    else added.push([name, value])
  }
  for (const [name, value] of added) request = withAddedHeader(request, name, value)
  return {request, unknown}
}

/**
 * A list of `envoy.config.common.mutation_rules.v3.HeaderMutation`, applied one after the other: the early header mutation
 * extension and the header_mutation filter.
 */
export function applyMutationList(mutated: Mutated, list: readonly JsonObject[], subject: FormatSubject): Mutated {
  return list.reduce<Mutated>((before, entry) => {
    const removed = string(entry, 'remove')?.toLowerCase()
    const appended = object(entry, 'append')
    const mutation: HeaderMutation = {
      remove: new Set(removed === undefined ? [] : [removed]),
      add: appended ? [readAddition(appended)] : [],
    }
    return applyMutation(before, mutation, subject)
  }, mutated)
}
