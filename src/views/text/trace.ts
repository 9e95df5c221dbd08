import type {Trace} from '../../trace/trace.js'
import {type CaptureFacts, noFacts} from '../story/story.js'
import {tellTrace} from '../story/tell-trace.js'
import {type Line, lineText} from '../styled.js'
import {colourTheme, paint} from '../theme.js'
import {branchesText} from './branches.js'
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
  const head: Line[] = [story.request, story.from, []]
  const [only] = story.branches
  const body =
    story.branches.length === 1 && only !== undefined
      ? wayText(only, {width, full: options.detail === 'full'})
      : branchesText(story, {width, full: options.detail === 'full'})
  return joined([...head, ...body], options.colour)
}

const joined = (lines: readonly Line[], colour: boolean): string =>
  `${lines.map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
