import type {TraceRequest} from '../../trace/request.js'
import type {Context} from './reducer.js'

export interface TuiOptions {
  /** The request that is traced first. */
  initial: TraceRequest
  /** What the mesh is called: `sample/bookinfo, captured 2026-11-23`. */
  title: string
  /** The walk, and what the mesh holds beside it: pure, called again for every edited request. */
  context: Context
}

/** Shows traces until the user quits. Needs a terminal on stdin and stdout: who asks for the screen decided that already. */
export async function openTraceTui(options: TuiOptions): Promise<void> {
  const {runScreen} = await import('./screen.js')
  await runScreen(options)
}
