import type {TraceRequest} from '../../../trace/request.js'
import {podName} from '../../story/names.js'
import {ask, failureText} from '../history.js'
import {hasPlace, isMade, listing, needsProxy} from '../resources/catalogue.js'
import {isMosnTable} from '../resources/mosn.js'
import type {Where} from '../resources/resource.js'
import {openTable, type TableView, withListing} from '../table/table-view.js'
import type {World} from '../world.js'
import {newTrace, type Shell, say, viewOf, withEffect, withView} from './shell.js'

/** What the path calls a table; the pod is named where it is another one than before. */
export function labelOf({resource, place, scope}: Where, before: string | null): string {
  const of = place !== null && place !== before ? `${podName(place)} ` : ''
  const what = scope?.kind === 'inbound' ? `inbound ${scope.port}` : resource
  const narrowed = scope === null || scope.kind === 'inbound' ? '' : ` of ${scope.label}`
  return `${of}${what}${narrowed}`
}

/** The pod (or node) that is looked at: that of the table, of the row of the pods, or of the trace's client. */
export function currentPlace(shell: Shell): string | null {
  for (const view of [...shell.path].reverse()) {
    if (view.kind === 'table' && view.where.place !== null) return view.where.place
    if (view.kind === 'table' && view.where.resource === 'pods' && view.listing !== null)
      return view.listing.count === 0 ? null : view.listing.name(selectedIn(view))
    if (view.kind === 'trace' && shell.trace !== null) return shell.trace.request.client.pod
  }
  return shell.world.pods[0] ?? null
}

const selectedIn = (view: TableView): number =>
  view.shown.found?.items[view.cursor] ?? view.shown.base?.[view.cursor] ?? view.cursor

/** Goes on to a table; `jump` begins a new path, as a command does. */
export function goTo(shell: Shell, where: Where, jump = false): Shell {
  const refusal = refusalOf(shell, where)
  if (refusal !== null) return say(shell, refusal, 'warn')
  const before = [...shell.path].reverse().find((view) => view.kind === 'table')
  const view = openTable(where, labelOf(where, jump || before === undefined ? null : before.where.place))
  const home = jump ? [] : shell.path
  return fill({...shell, path: [...home, view], overlay: {kind: 'none'}})
}

/** Why there is no such table. */
function refusalOf({world}: Shell, {resource, place}: Where): string | null {
  if (!hasPlace(resource)) return null
  if (place === null) return 'there is no pod: choose one at :pods'
  if (!needsProxy(resource) || world.hasProxy(place)) return null
  if (world.hasMosn(place)) return isMosnTable(resource) ? null : `${place} has a MOSN: it has no table of ${resource}`
  return `${place} has no proxy in this snapshot: its rules are at :iptables`
}

/** Whether the rows are at hand: made before, or few. Those of a big mesh take longer than a frame may. */
const isQuick = (world: World, where: Where): boolean =>
  isMade(world, where) || where.place === null || (world.isRead(where.place) && where.scope !== null)

/** Gives the last table its rows, at once where nothing is to be read, else after the frame is drawn. */
export function fill(shell: Shell): Shell {
  const view = viewOf(shell)
  if (view.kind !== 'table' || view.listing !== null) return shell
  return isQuick(shell.world, view.where) ? listed(shell, view) : withEffect(shell, {kind: 'read', where: view.where})
}

function listed(shell: Shell, view: TableView): Shell {
  try {
    const rows = listing(shell.world, view.where, new Date(shell.now))
    return withView(shell, withListing(view, rows, shell.size))
  } catch (error) {
    return say({...shell, path: shell.path.slice(0, -1)}, failureText(error), 'bad')
  }
}

const allPods: Where = {resource: 'pods', place: null, scope: null}

/** What was read has come; where it could not be read, the view goes, and says why. */
export function readDone(shell: Shell, where: Where, error: string | null): Shell {
  const view = viewOf(shell)
  if (view.kind !== 'table' || view.where !== where) return shell
  if (error !== null) {
    const back = shell.path.slice(0, -1)
    return say(back.length > 0 ? {...shell, path: back} : goTo({...shell, path: []}, allPods), error, 'bad')
  }
  return listed(shell, view)
}

/** One view back; the first one stays. */
export function goBack(shell: Shell): Shell {
  if (shell.path.length < 2) return say(shell, 'this is the first view: q quits')
  return fill({...shell, path: shell.path.slice(0, -1)})
}

/** Shows the trace: the one there is, or of another request. */
export function goToTrace(shell: Shell, request: TraceRequest | null, jump = false): Shell {
  const at = shell.path.findIndex(({kind}) => kind === 'trace')
  const path = at !== -1 ? shell.path.slice(0, at + 1) : [...(jump ? [] : shell.path), {kind: 'trace' as const}]
  if (request === null)
    return shell.trace === null
      ? say(shell, 'nothing is traced yet: t on a row traces a request that lands there', 'warn')
      : {...shell, path, overlay: {kind: 'none'}}
  try {
    const trace = shell.trace === null ? newTrace(shell, request) : ask(shell.trace, request, shell.world)
    return {...shell, path, trace: {...trace, message: null}, message: trace.message, overlay: {kind: 'none'}}
  } catch (error) {
    return say(shell, failureText(error), 'bad')
  }
}
