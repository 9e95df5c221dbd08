import type {Interception} from '../interception.js'
import type {Actor} from './actor.js'
import {belonging} from './membership.js'
import {effectiveProgram} from './programs.js'
import type {HookState} from './state.js'

/**
 * bind(): nothing is changed for a sidecar mesh, but the container's membership is computed and kept (mb_bind.c). A bind hook
 * that was loaded with a mark map of its own looks marks up in that.
 */
export function bindSocket(hooks: Interception, state: HookState, actor: Actor): HookState {
  const found = effectiveProgram(hooks, 'bind', actor.cgroupPath)
  if (found === null) return state
  return belonging(hooks, state, actor, hasOwnMarks(hooks) ? new Map() : hooks.content.marks).state
}

/** Whether the bind hook's mark map is another than the one that the connect hook uses: a private one is empty. */
export function hasOwnMarks(hooks: Interception): boolean {
  const marksOf = (role: 'bind' | 'connect4') =>
    hooks.programs
      .filter((program) => program.role === role)
      .flatMap(({mapIds}) => mapIds.filter((id) => hooks.maps.some((map) => map.id === id && map.role === 'marks')))
  const [bind, connect] = [marksOf('bind'), marksOf('connect4')]
  return bind.length > 0 && connect.length > 0 && !bind.some((id) => connect.includes(id))
}
