import type {Located} from '../../parse/config-dump.js'
import {boolean, isObject, object, objects} from '../../parse/field.js'
import {requestSubject} from '../format-subject.js'
import {applyMutationList} from '../header-mutation.js'
import type {Passage} from '../passage.js'
import {settingLevels} from '../route-selection.js'
import {type FilterCall, goOn, type HttpFilter} from './http-filter.js'

/**
 * header_mutation: the filter's own mutations, then those of all levels of the route, the most specific first unless
 * `most_specific_header_mutations_wins`. The route is not chosen anew.
 */
export const headerMutation: HttpFilter = (call, passage) => {
  const levels = perRouteLevels(call, passage)
  const ordered = boolean(call.filter.raw, 'most_specific_header_mutations_wins') ? levels.reverse() : levels
  const lists = [call.filter, ...ordered].map(({raw}) => objects(object(raw, 'mutations') ?? {}, 'request_mutations'))
  const mutated = applyMutationList(
    {request: passage.request, unknown: [...passage.unknownHeaders]},
    lists.flat(),
    requestSubject(call.situation, passage),
  )
  return goOn({...passage, request: mutated.request, unknownHeaders: mutated.unknown})
}

/** This filter alone merges the configurations of all levels. */
function perRouteLevels({filter}: FilterCall, {selection}: Passage): Located[] {
  if (!selection.route) return []
  return settingLevels(selection).flatMap((level) => {
    const entry = object(level.raw, 'typed_per_filter_config')?.[filter.name]
    return isObject(entry) ? [{raw: entry, at: level.at}] : []
  })
}
