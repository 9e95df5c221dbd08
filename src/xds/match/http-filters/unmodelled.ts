import {withNote} from '../passage.js'
import type {HttpFilter} from './http-filter.js'
import {suppose} from './supposed.js'

/** A filter of a type that is not modelled, or whose configuration is not in the dump: taken to let the request go on. */
export const unmodelled: HttpFilter = (call, passage) => {
  const {filter} = call
  const what = filter.known ? filter.type || 'no type' : 'configuration not in the dump'
  const noted = withNote(passage, {kind: 'unmodelled', text: `http filter ${filter.name} (${what})`, at: filter.at})
  return suppose(call, noted, {
    word: filter.name,
    byDefault: 'lets the request go on, unchanged',
    answers: {deny: {status: null, responseFlags: '-', details: null}},
    opaque: ['*'],
  })
}
