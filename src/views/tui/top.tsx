import {Text} from 'ink'
import {sharePercent} from '../story/share.js'
import type {BranchStory, Story} from '../story/story.js'
import {type Line, line, lineCells, lineText, span} from '../styled.js'
import {certainty} from '../text/way.js'
import {paint, type Theme} from '../theme.js'
import {padLine, shorten} from '../wrap.js'

export interface TopProps {
  title: string
  story: Story
  shown: BranchStory
  branch: number
  find: string
  width: number
  theme: Theme
}

const branchText = ({story, shown, branch}: TopProps): string => {
  const {length} = story.branches
  if (length < 2) return 'the only way'
  return `way ${branch + 1} of ${length}, ${sharePercent(shown.branch.probability)}`
}

/** Left text and right text on one line; the right one goes where both have no room, then the left one loses its middle. */
function spread(left: Line, beside: Line, width: number): Line {
  const right = lineCells(left) + lineCells(beside) + 2 <= width ? beside : []
  const room = width - lineCells(right) - 2
  const text = lineCells(left) > room ? line(span(shorten(lineText(left), room), left.at(-1)?.tone ?? 'plain')) : left
  return line(...padLine(text, room), '  ', ...right)
}

/** The three lines that always stay: where we are, what is asked, how it ends. */
export function Top(props: TopProps) {
  const {title, story, shown, width, theme, find} = props
  const filter = find === '' ? '' : `only "${find}"   `
  const lines = [
    spread(
      line(span(' sidetrace', 'strong'), span(`  ${title}`, 'dim')),
      line(span(filter, 'warn'), span(branchText(props))),
      width,
    ),
    spread(line(' ', ...story.request), line(span(lineText(story.from).replace(/^from /, ''), 'dim')), width),
    spread(
      line(' ', ...shown.headline),
      line(span(certainty(shown, story.branches.length).split(',')[0] ?? '', 'dim')),
      width,
    ),
  ]
  return <Text wrap="truncate">{lines.map((each) => paint(padLine(each, width), theme)).join('\n')}</Text>
}
