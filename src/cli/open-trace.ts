import type {Mesh} from '../trace/mesh.js'
import type {TraceRequest} from '../trace/request.js'
import {openTui} from '../views/tui/open.js'
import {type ScreenFlags, screenSettings} from './screen-flags.js'
import {type WorldOptions, worldOf} from './world.js'

/** Opens the terminal UI on a request. @throws UsageError for a theme that there is not */
export function openTrace(mesh: Mesh, request: TraceRequest, options: WorldOptions, flags: ScreenFlags): Promise<void> {
  return openTui({
    world: worldOf(mesh, options),
    start: {kind: 'trace', request},
    ...screenSettings(flags),
    refresh: null,
  })
}
