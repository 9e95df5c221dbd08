import {type JsonObject, object, textMembers} from '../json.js'

/** The labels under `filter_metadata."mosn.lb"`, where MOSN writes those of hosts and what routes ask of them; sorted by name. */
export function balancingMetadata(raw: JsonObject | undefined): [string, string][] {
  const labels = textMembers(object(object(raw, 'filter_metadata'), 'mosn.lb'))
  return labels.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
