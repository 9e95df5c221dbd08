import type {KeyName} from './key.js'
import type {State} from './state.js'

/** Marks this request; where another one is marked already, shows where both part. */
export function markOrCompare(state: State): State {
  const {marked, request, trace} = state
  if (marked === null || marked.trace === trace)
    return {
      ...state,
      marked: {request, trace},
      message: {text: 'marked: edit the request (e) or try a what-if (w), then D shows where both part', tone: 'good'},
    }
  return {...state, overlay: {kind: 'difference', scroll: 0}}
}

/** Keys while the comparison is shown; `m` marks the request that is traced now. */
export function differenceKey(state: State, key: KeyName): State {
  if (state.overlay.kind !== 'difference') return state
  const {scroll} = state.overlay
  const to = (next: number): State => ({...state, overlay: {kind: 'difference', scroll: Math.max(0, next)}})
  switch (key) {
    case 'down':
    case 'j':
      return to(scroll + 1)
    case 'up':
    case 'k':
      return to(scroll - 1)
    case 'pagedown':
    case ' ':
      return to(scroll + 10)
    case 'pageup':
      return to(scroll - 10)
    case 'm':
      return {
        ...state,
        marked: {request: state.request, trace: state.trace},
        overlay: {kind: 'none'},
        message: {text: 'this request is marked now', tone: 'good'},
      }
    case 'u':
      return {...state, marked: null, overlay: {kind: 'none'}, message: {text: 'no request is marked', tone: 'dim'}}
    case 'esc':
    case 'q':
    case 'D':
      return {...state, overlay: {kind: 'none'}}
    default:
      return state
  }
}
