import type {TraceRequest} from '../../trace/request.js'
import {tellTrace} from '../story/tell-trace.js'
import {firstRow} from './rows.js'
import {rowsIn, type State} from './state.js'
import type {World} from './world.js'

/** More requests than these nobody goes back through. */
const longest = 100

export const failureText = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The state with another request traced, or with other what-ifs; the same state with a message where that cannot be done. */
export function traced(state: State, request: TraceRequest, world: World, edits = state.edits): State {
  try {
    const trace = world.trace(request, edits)
    const next: State = {
      ...state,
      request,
      world,
      edits,
      trace,
      story: tellTrace(trace, world.facts),
      unedited: edits.length === 0 ? null : uneditedOf(state, request, world),
      branch: 0,
      scroll: 0,
      find: '',
      overlay: {kind: 'none'},
    }
    return {...next, cursor: firstRow(rowsIn(next))}
  } catch (error) {
    return {...state, message: {text: failureText(error), tone: 'bad'}}
  }
}

/** How the request ends without any what-if; known already where only what-ifs were switched. */
function uneditedOf(state: State, request: TraceRequest, world: World): NonNullable<State['unedited']> {
  const {trace, story, unedited, edits} = state
  if (state.request === request && state.world === world) {
    if (unedited !== null) return unedited
    if (edits.length === 0) return {trace, story}
  }
  const plain = world.trace(request, [])
  return {trace: plain, story: tellTrace(plain, world.facts)}
}

/** A new request: what was traced before can be gone back to. */
export function ask(state: State, request: TraceRequest, world: World): State {
  const next = traced(state, request, world)
  return next.request === request ? {...next, past: [...state.past, state.request].slice(-longest), future: []} : next
}

/** Back to the request before, or forward again. */
export function travel(state: State, direction: 'undo' | 'redo', world: World): State {
  const {past, future} = state
  const request = (direction === 'undo' ? past : future).at(-1)
  if (request === undefined) {
    const text = direction === 'undo' ? 'this is the first request' : 'this is the latest request'
    return {...state, message: {text, tone: 'dim'}}
  }
  const next = traced(state, request, world)
  if (next.request !== request) return next
  return direction === 'undo'
    ? {...next, past: past.slice(0, -1), future: [...future, state.request]}
    : {...next, past: [...past, state.request], future: future.slice(0, -1)}
}
