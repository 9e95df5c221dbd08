import type {Hop} from '../../../trace/trace.js'
import {listing} from '../resources/catalogue.js'
import type {ResourceName, Where} from '../resources/resource.js'
import type {Row as TraceRow} from '../rows.js'
import {type State, selectedRow} from '../state.js'
import {settle} from '../table/table-view.js'
import {goTo} from './navigate.js'
import {type Shell, say, viewOf, withView} from './shell.js'

/** Opens the table of what a step of the trace decided, on the row that it took. */
export function openStep(shell: Shell, trace: State): Shell {
  const row = selectedRow(trace)
  const found = row === null ? null : placeOf(row)
  if (found === null) return say(shell, 'this step has no table: y shows its source', 'warn')
  const where: Where = {resource: found.resource, place: found.place, scope: null}
  // Making the rows first, the table has them at once.
  const index = rowOf(shell, where, found.at)
  const gone = goTo(shell, where)
  const view = viewOf(gone)
  return view.kind === 'table' && view.where === where && index !== null
    ? withView(gone, settle({...view, cursor: index}, shell.size))
    : gone
}

/** The row whose source contains the place, or whose place contains the step's. */
function rowOf({world, now}: Shell, where: Where, at: string): number | null {
  const rows = listing(world, where, new Date(now))
  let best: {row: number; length: number} | null = null
  for (let row = 0; row < rows.count; row += 1) {
    const own = rows.source(row)?.at ?? ''
    if (own !== '' && at.startsWith(own) && own.length > (best?.length ?? 0)) best = {row, length: own.length}
  }
  return best?.row ?? null
}

interface Found {
  resource: ResourceName
  place: string
  at: string
}

function placeOf(row: TraceRow): Found | null {
  if (row.kind !== 'sentence' && row.kind !== 'hop') return null
  const sentence = row.kind === 'sentence' ? row.sentence : row.hop.sentences[0]
  const {hop} = row.hop
  const place = placeName(hop)
  const at = sentence?.at ?? ''
  if (place === null || hop.place === 'app') return null
  if (!at.startsWith('$')) return {resource: 'iptables', place, at}
  const resource = resourceAt(at)
  return resource === null ? null : {resource, place, at}
}

const placeName = (hop: Hop): string | null => (hop.place === 'node' ? hop.node : hop.pod)

/** The table that has a place of the dump: by the list that it stands in. */
function resourceAt(at: string): ResourceName | null {
  if (/listeners\[/.test(at)) return /filter_chains?[[.]|default_filter_chain/.test(at) ? 'chains' : 'listeners'
  if (/route_configs\[/.test(at)) return 'routes'
  if (/clusters\[\d+\]\.cluster/.test(at)) return 'clusters'
  return /endpoint_configs\[/.test(at) ? 'endpoints' : null
}
