import {sharePercent} from '../story/share.js'
import type {BranchStory, Story} from '../story/story.js'
import {type Line, line, lineCells, lineText, type Span, span} from '../styled.js'
import {certainty} from '../text/way.js'
import {fitLine, padLine, shorten} from '../wrap.js'
import {branchOf, type State} from './state.js'

/** The end of a path says where we are: the beginning goes where there is no room. */
function shortenPath(path: readonly string[], width: number): string {
  for (let from = 0; from < path.length; from += 1) {
    const text = [...(from === 0 ? [] : ['...']), ...path.slice(from)].join(' > ')
    if (text.length <= width || from === path.length - 1) return shorten(text, Math.max(0, width))
  }
  return ''
}

/** Left text and right text on one line; the right one goes where both have no room, then the left one loses its middle. */
export function spread(left: Line, beside: Line, width: number): Line {
  const right = lineCells(left) + lineCells(beside) + 2 <= width ? beside : []
  const room = width - lineCells(right) - 2
  const text = lineCells(left) > room ? line(span(shorten(lineText(left), room), left.at(-1)?.tone ?? 'plain')) : left
  return line(...padLine(text, room), '  ', ...right)
}

export interface TitleProps {
  path: readonly string[]
  /** What the mesh is called. */
  title: string
  /** How fresh it is; empty for a capture. */
  freshness: string
  stale: boolean
  width: number
}

/** The first line of every view: the way here, and what is looked at. What went wrong with reading it stays in sight. */
export function titleLine({path, title, freshness, stale, width}: TitleProps): Line {
  const name = span(width < 60 ? ' ' : ' sidetrace  ', 'strong')
  const right = freshness === '' ? line(span(title, 'dim')) : line(span(`${freshness}`, stale ? 'bad' : 'dim'))
  const room = width - lineCells([name]) - 2
  const beside = stale
    ? line(...right.map((part) => ({...part, text: shorten(part.text, Math.floor(room * 0.6))})))
    : right
  const wanted = path.join(' > ')
  const left = lineCells(beside) + wanted.length + 2 <= room || stale ? room - lineCells(beside) : room
  return spread([name, span(shortenPath(path, left), 'strong')], beside, width)
}

const branchText = (story: Story, shown: BranchStory, branch: number): string => {
  const {length} = story.branches
  if (length < 2) return 'the only way'
  return `way ${branch + 1} of ${length}, ${sharePercent(shown.branch.probability)}`
}

/** All ways of a story in a few words. */
export const endings = ({branches}: Story): string =>
  branches
    .map(({ending, branch}) => (branches.length > 1 ? `${sharePercent(branch.probability)} ${ending}` : ending))
    .join(', ')

/** What is tried, and how the request ends without it and with it. */
function whatIfLines({edits, unedited, story}: State, width: number): Line[] {
  if (edits.length === 0 || unedited === null) return []
  const [before, after] = [endings(unedited.story), endings(story)]
  const told = (label: string, text: string): Line =>
    line(span(label, 'warn'), span(shorten(text, width - label.length - 1)))
  return [
    told(' what if  ', edits.join('; ')),
    told(' before   ', before),
    told(' after    ', before === after ? 'the same' : after),
  ]
}

function markedLines({marked, trace}: State, width: number): Line[] {
  if (marked === null || marked.trace === trace) return []
  const {url, tcp, method} = marked.request
  const text = tcp === null ? `${method ?? 'GET'} ${url ?? ''}` : `tcp ${tcp.dst}`
  return [line(span(' marked   ', 'warn'), span(shorten(text, width - 34)), span('   D shows where both part', 'dim'))]
}

/** The headline, cut so that what stands beside it has room. */
const cutTo = (headline: Line, beside: Span, width: number): Line =>
  fitLine([span(' '), ...headline], width - lineCells([beside]) - 3)

/** How it ends, how sure that is, and which of the ways it is: one of several always says so. */
function endLine(headline: Line, sure: string, ways: string, width: number): Line {
  const right = span(ways)
  const both = line(span(sure === '' ? '' : `${sure}   `, 'dim'), right)
  if (lineCells(headline) + lineCells(both) + 3 <= width) return spread(line(' ', ...headline), both, width)
  return ways.startsWith('way ')
    ? spread(cutTo(headline, right, width), [right], width)
    : spread(line(' ', ...headline), [], width)
}

/** The lines that always stay over a trace: what is asked, how it ends, and what it is held against. */
export function traceHead(state: State, width: number): Line[] {
  const {story, find, branch} = state
  const shown = branchOf(state)
  const ways = branchText(story, shown, branch)
  const only = span(`only "${shorten(find, Math.floor(width / 3))}"`, 'warn')
  const sure = certainty(shown, story.branches.length).split(',')[0] ?? ''
  return [
    spread(line(' ', ...story.request), line(span(lineText(story.from).replace(/^from /, ''), 'dim')), width),
    find === ''
      ? endLine(shown.headline, sure === ways ? '' : sure, ways, width)
      : spread(cutTo(shown.headline, only, width), [only], width),
    ...whatIfLines(state, width),
    ...markedLines(state, width),
  ]
}
