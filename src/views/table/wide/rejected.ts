import {type Json, object, text} from '../field.js'

/** An update that Envoy did not take. */
export interface Rejection {
  /** The resource as it was sent; its name alone where the dump keeps no more. */
  failed: Json
  /** What Envoy had against it. */
  details: string
}

/** The update of an item of a dump's list that was rejected (`error_state`); null where none was. `name` is a member of the resource. */
export function rejection(entry: Json, name: 'name' | 'cluster_name', known: string): Rejection | null {
  const failure = object(entry, 'error_state')
  if (failure === undefined) return null
  const failed = object(failure, 'failed_configuration') ?? {[name]: known}
  return {failed, details: text(failure, 'details') ?? 'no details'}
}
