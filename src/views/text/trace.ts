import type {Trace} from '../../trace/trace.js'
import {type CaptureFacts, noFacts, type Story} from '../story/story.js'
import {tellTrace} from '../story/tell-trace.js'
import {type Line, lineText} from '../styled.js'
import {colourTheme, paint} from '../theme.js'
import {branchesText} from './branches.js'
import type {Layout} from './layout.js'
import {minimalTrace} from './minimal.js'
import {wayText} from './way.js'

export interface TextOptions {
  detail: 'minimal' | 'summary' | 'full'
  /** Terminal cells a line may take; nothing but a single long word exceeds it. */
  width: number
  colour: boolean
  capture?: CaptureFacts
}

/** The trace as text: the answer first, then the way. */
export function renderTraceText(trace: Trace, options: TextOptions): string {
  const story = tellTrace(trace, options.capture ?? noFacts)
  if (options.detail === 'minimal')
    return joined(
      minimalTrace(trace).map((text) => [{text, tone: 'plain'}]),
      false,
    )
  const width = Math.max(40, options.width)
  const full = options.detail === 'full'
  const head: Line[] = [story.request, story.from, []]
  const told = brevities.map((brevity) => () => [...head, ...bodyOf(story, {width, full, brevity})])
  const fitting = full ? told[0]?.() : firstOf(told, (lines) => lines.length <= page)
  return joined(fitting ?? head, options.colour)
}

/** Lines that the answer and the way are to fit on, so that both are seen at once. */
const page = 40

const brevities = [0, 1, 2, 3] as const

/** The first that fits, else the last. */
function firstOf<T>(made: readonly (() => T)[], fits: (made: T) => boolean): T | undefined {
  let last: T | undefined
  for (const make of made) {
    last = make()
    if (fits(last)) return last
  }
  return last
}

function bodyOf(story: Story, layout: Layout): Line[] {
  const [only, ...others] = story.branches
  return only !== undefined && others.length === 0 ? wayText(only, layout) : branchesText(story, layout)
}

const joined = (lines: readonly Line[], colour: boolean): string =>
  `${lines.map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
