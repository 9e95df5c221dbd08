import type {ThemeName} from '../themes.js'
import type {Start} from './shell/shell.js'
import type {World} from './world.js'

export interface TuiOptions {
  world: World
  start: Start
  theme: ThemeName
  mouse: boolean
  /** How a live source is read anew, and after how many milliseconds that is done by itself; null for a capture. */
  refresh: {read: () => Promise<World>; every: number | null} | null
}

/** Shows the mesh until the user quits. Needs a terminal on stdin and stdout: who asks for the screen decided that already. */
export async function openTui(options: TuiOptions): Promise<void> {
  const {runScreen} = await import('./screen.js')
  await runScreen(options)
}
