import {boolean} from '../../parse/field.js'
import {filterStateValues, setFilterState} from '../filter-state-value.js'
import {requestSubject} from '../format-subject.js'
import {goOn, type HttpFilter, settings} from './http-filter.js'

/** set_filter_state: objects that later filters, route matchers and upstream connections see. */
export const setRequestFilterState: HttpFilter = (call, passage) => {
  const {raw} = settings(call)
  const values = filterStateValues(raw, 'on_request_headers')
  const ofConnection = call.situation.connection.state?.filterState ?? {}
  const filterState = setFilterState(values, requestSubject(call.situation, passage), ofConnection)
  const changed = {...passage, filterState}
  return boolean(raw, 'clear_route_cache') ? call.reselect(changed).flatMap(goOn) : goOn(changed)
}
