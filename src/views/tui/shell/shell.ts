import type {Landing, LandingTarget} from '../../../trace/landing.js'
import type {TraceRequest} from '../../../trace/request.js'
import type {ThemeName} from '../../themes.js'
import type {Field} from '../field.js'
import type {FindState} from '../find/find-state.js'
import type {KeyName} from '../key.js'
import type {ViewKind} from '../keys.js'
import type {Size} from '../layout.js'
import {initialState} from '../reducer.js'
import type {Where} from '../resources/resource.js'
import type {Message, State} from '../state.js'
import type {TableView} from '../table/table-view.js'
import type {World} from '../world.js'
import type {CommandPrompt} from './command-prompt.js'
import type {Freshness} from './freshness.js'
import type {TextView} from './text-view.js'

/** One stop on the path. */
export type View = TableView | TextView | {kind: 'trace'}

/** What lies over the view and takes the keys. */
export type ShellOverlay =
  | {kind: 'none'}
  | {kind: 'help'; scroll: number}
  | {kind: 'command'; prompt: CommandPrompt}
  | {kind: 'filter'; field: Field; before: string}
  | {kind: 'export'; field: Field}
  | {kind: 'find'; find: FindState}

/** What only the outside can do; the shell asks, the loop does it and answers with an action. */
export type Effect =
  | {kind: 'quit'}
  | {kind: 'save'; path: string; text: string}
  | {kind: 'copy'; text: string}
  /** Reads what a table needs; answered with `read`. */
  | {kind: 'read'; where: Where}
  /** Looks for a request that lands on a row; answered with `landed`. */
  | {kind: 'land'; target: LandingTarget}
  /** Asks to go on with what was begun, after the frame is drawn; answered with `continue`. */
  | {kind: 'continue'}
  /** Asks to be told when nobody types for a while; answered with `idle`. */
  | {kind: 'when-idle'}
  | {kind: 'refresh'}
  | {kind: 'mouse'; on: boolean}

export type Action =
  | {kind: 'key'; key: KeyName}
  | {kind: 'paste'; text: string}
  | {kind: 'mouse'; event: MouseEvent}
  | {kind: 'resize'; size: Size}
  | {kind: 'done'; message: Message | null}
  | {kind: 'read'; where: Where; error: string | null}
  | {kind: 'landed'; landing: Landing}
  /** One slice more of what was begun: so many rows. Comes again and again, and then `settle`. */
  | {kind: 'continue'; rows: number}
  | {kind: 'settle'}
  /** Nobody typed for a while. */
  | {kind: 'idle'}
  | {kind: 'clock'; now: number}
  | {kind: 'refreshed'; world: World; now: number}
  | {kind: 'refresh-failed'; error: string; now: number}

/** A press of a button or a turn of the wheel, in cells counted from 0. */
export interface MouseEvent {
  what: 'press' | 'wheel-up' | 'wheel-down'
  column: number
  row: number
}

export interface Settings {
  theme: ThemeName
  /** Whether the terminal reports clicks to us instead of selecting text. */
  mouse: boolean
  /** Whether colours are used at all. */
  colour: boolean
}

/** Everything that is on the screen, and all that a key can act on. */
export interface Shell {
  world: World
  size: Size
  /** How one came here; the last one is shown. */
  path: readonly View[]
  /** There is one trace, kept while tables are looked at. */
  trace: State | null
  overlay: ShellOverlay
  message: Message | null
  effects: readonly Effect[]
  settings: Settings
  freshness: Freshness
  /** Commands that were given, the latest last. */
  commands: readonly string[]
  /** Milliseconds since 1970, as the outside last told. */
  now: number
}

/** What the screen opens with. */
export type Start = {kind: 'trace'; request: TraceRequest} | {kind: 'table'; where: Where}

export const viewOf = ({path}: Shell): View => path.at(-1) ?? {kind: 'trace'}

export const viewKind = (shell: Shell): ViewKind => viewOf(shell).kind

export const say = (shell: Shell, text: string, tone: Message['tone'] = 'dim'): Shell => ({
  ...shell,
  message: {text, tone},
})

export const withEffect = (shell: Shell, effect: Effect): Shell => ({...shell, effects: [...shell.effects, effect]})

/** The shell with another last view. */
export const withView = (shell: Shell, view: View): Shell => ({...shell, path: [...shell.path.slice(0, -1), view]})

export function bareShell(world: World, size: Size, settings: Settings, freshness: Freshness, now: number): Shell {
  return {
    world,
    size,
    path: [],
    trace: null,
    overlay: {kind: 'none'},
    message: null,
    effects: [],
    settings,
    freshness,
    commands: [],
    now,
  }
}

export const newTrace = (shell: Shell, request: TraceRequest): State => initialState(request, shell.size, shell.world)
