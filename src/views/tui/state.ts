import type {TraceRequest} from '../../trace/request.js'
import type {Trace} from '../../trace/trace.js'
import type {BranchStory, Story} from '../story/story.js'
import type {Tone} from '../styled.js'
import type {Field} from './field.js'
import type {Size} from './layout.js'
import type {Problems, RequestForm} from './request-form.js'
import {type Row, rowsOf} from './rows.js'
import type {EditChoice} from './what-if/menu.js'
import type {World} from './world.js'

export const tabs = ['Why', 'Considered', 'Source', 'Counters'] as const
export type Tab = (typeof tabs)[number]

/** What lies over the trace and takes the keys. */
export type Overlay =
  | {kind: 'none'}
  | {kind: 'find'; field: Field}
  | {kind: 'edit'; form: RequestForm; problems: Problems; preview: string | null}
  | {kind: 'what-if'; choices: readonly EditChoice[]; cursor: number}
  | {kind: 'difference'; scroll: number}

export interface Message {
  text: string
  tone: Tone
}

/** A request as it was traced, to be held against another. */
export interface Marked {
  request: TraceRequest
  trace: Trace
}

/** The trace view. */
export interface State {
  request: TraceRequest
  /** The state of the mesh that it was traced in. */
  world: World
  /** Requests that were traced before, and those that were left by going back; the nearest last. */
  past: readonly TraceRequest[]
  future: readonly TraceRequest[]
  /** What-ifs that are on, as the command line has them. */
  edits: readonly string[]
  trace: Trace
  story: Story
  /** How it ends without the what-ifs; null while none is on. */
  unedited: {trace: Trace; story: Story} | null
  marked: Marked | null
  branch: number
  /** Index of the selected row. */
  cursor: number
  folded: ReadonlySet<string>
  find: string
  /** Whether steps that say how a thing was found are in the tree. */
  minor: boolean
  pane: 'tree' | 'detail'
  tab: Tab
  /** First line shown of the right pane. */
  scroll: number
  size: Size
  overlay: Overlay
  message: Message | null
}

const noBranch: BranchStory = {
  branch: {
    probability: 1,
    outcome: {kind: 'unknown', status: null, responseFlags: '-', details: null, by: null},
    cause: null,
    hops: [],
    assumptions: [],
    warnings: [],
  },
  headline: [{text: 'NOT KNOWN', tone: 'warn'}],
  ending: 'not known',
  places: [],
  remedy: null,
  notReached: null,
}

export const branchOf = ({story, branch}: State): BranchStory => story.branches[branch] ?? noBranch

export const rowsIn = (state: State): Row[] => rowsOf(branchOf(state), state)

export const selectedRow = (state: State): Row | null => rowsIn(state)[state.cursor] ?? null
