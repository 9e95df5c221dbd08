import {podName} from '../story/names.js'
import {evidence} from '../story/outcome.js'
import {sharePercent} from '../story/share.js'
import type {BranchStory, HopStory, PlaceStory, Sentence, Story} from '../story/story.js'
import {type Line, line, lineText, span} from '../styled.js'
import {hanging, type Layout} from './layout.js'
import {certainty, doubtText, failureText, notReachedText, placeTitle, sentenceLines, shownSentences} from './way.js'

/** Branches that end the same way, with their shares together: failures that differ in the pod alone are one. */
interface Ending {
  share: number
  branches: BranchStory[]
}

function endingKey(story: BranchStory): string {
  const {branch, ending, remedy} = story
  const plain = `${ending} ${evidence(branch.outcome) ?? ''}`
  if (branch.outcome.kind === 'delivered') return plain
  const told = remedy === null ? [] : [remedy.says, ...remedy.lines.map(({text}) => text)]
  return blanked([plain, ...told].join('\n'), story)
}

/** Where else it ends so: the other pods. */
function likewise({branches}: Ending): string | null {
  const pods = branches.flatMap(({branch}) => branch.outcome.by?.pod ?? [])
  const [, ...others] = new Set(pods.map(podName))
  return others.length === 0 ? null : `likewise at ${others.join(', ')}`
}

function endingsOf(branches: readonly BranchStory[]): Ending[] {
  const endings = new Map<string, Ending>()
  for (const story of branches) {
    const key = endingKey(story)
    const known = endings.get(key)
    if (known === undefined) endings.set(key, {share: story.branch.probability, branches: [story]})
    else {
      known.share += story.branch.probability
      known.branches.push(story)
    }
  }
  return [...endings.values()].sort((a, b) => b.share - a.share)
}

function summary({branches}: Story, endings: readonly Ending[], width: number): Line[] {
  const [first] = branches
  if (first === undefined) return [line(span('NOT KNOWN: the trace has no branch', 'warn'))]
  const [only] = endings
  const others = only === undefined ? null : likewise(only)
  if (endings.length === 1 && only !== undefined)
    return [
      ...hanging(
        [],
        line(
          ...(only.branches[0]?.headline ?? []),
          span(`   on all ${branches.length} ways, ${certainty(first, 1)}`, 'dim'),
        ),
        0,
        width,
      ),
      ...(others === null ? [] : hanging([], line(span(others, 'strong')), 2, width)),
    ]
  const allDelivered = branches.every(({branch}) => branch.outcome.kind === 'delivered')
  const title = allDelivered
    ? line(span('DELIVERED', 'good'), span(` to one of ${endings.length}`, 'strong'))
    : line(span('IT DEPENDS', 'warn'), span(`: ${endings.length} endings`, 'strong'))
  return [line(...title, span(`   ${certainty(first, branches.length)}`, 'dim'))]
}

const shareLine = (ending: Ending, width: number): Line[] => {
  const {share, branches} = ending
  const [story] = branches
  if (story === undefined) return []
  const failed = story.branch.outcome.kind !== 'delivered'
  return [
    ...hanging(
      line(span(sharePercent(share).padStart(8), 'strong')),
      line(span([story.ending, likewise(ending)].filter((part) => part !== null).join(', '), failed ? 'bad' : 'good')),
      10,
      width,
    ),
    ...failureText(story, width - 8).map((each): Line => [{text: ' '.repeat(8), tone: 'plain'}, ...each]),
  ]
}

/** One sentence of a way, with where it stands. */
interface Placed {
  place: PlaceStory
  hop: HopStory
  sentence: Sentence
  /** As text, for comparison. */
  text: string
}

const sentenceText = ({what, beside}: Sentence): string => `${lineText(what)}${beside === null ? '' : `  ${beside}`}`

const placed = (story: BranchStory, layout: Layout): Placed[] =>
  story.places.flatMap((place) =>
    place.hops.flatMap((hop) =>
      shownSentences(hop, layout).map((sentence) => ({
        place,
        hop,
        sentence,
        text: `${place.name} ${hop.label} ${sentenceText(sentence)}`,
      })),
    ),
  )

/** How many sentences all branches begin with alike. */
function commonSentences(ways: readonly Placed[][]): number {
  const [first = []] = ways
  const differs = first.findIndex(({text}, index) => ways.some((way) => way[index]?.text !== text))
  return differs === -1 ? Math.min(...ways.map((way) => way.length)) : differs
}

/** Sentences under the titles of their places and hops; what goes on with the place of the text before has no title again. */
function placedText(all: readonly Placed[], layout: Layout, before: Placed | undefined): Line[] {
  let last = before
  let hop: HopStory | null = null
  const lines: Line[] = []
  for (const each of all) {
    if (each.place.name !== last?.place.name) lines.push(placeTitle(each.place))
    lines.push(...sentenceLines(each.sentence, each.hop === hop ? null : each.hop, layout, last?.sentence))
    last = each
    hop = each.hop
  }
  return lines
}

/** Names of pods and their addresses differ between branches by nature; with them blanked, only real differences remain. */
function blanked(text: string, story: BranchStory): string {
  const names = story.places.map(({name}) => name)
  const addresses = [
    story.branch.outcome.by?.address ?? '',
    ...story.branch.hops.flatMap((hop) => (hop.place === 'proxy' && hop.endpoint !== null ? [hop.endpoint] : [])),
  ]
  return [...names, ...addresses.map((address) => address.replace(/:\d+$/, ''))]
    .filter((part) => part !== '')
    .reduce((left, part) => left.replaceAll(part, '*'), text)
}

/** What another branch has otherwise than the shown one, hop by hop. */
function differences(shown: BranchStory, other: BranchStory, skip: number, layout: Layout): Line[] {
  const known = new Set(
    placed(shown, layout)
      .slice(skip)
      .map(({hop, sentence}) => `${hop.number} ${blanked(sentenceText(sentence), shown)}`),
  )
  const different = placed(other, layout)
    .slice(skip)
    .filter(({hop, sentence}) => !known.has(`${hop.number} ${blanked(sentenceText(sentence), other)}`))
  return different.flatMap(({hop, sentence}, index) =>
    sentenceLines(sentence, different[index - 1]?.hop === hop ? null : hop, layout, different[index - 1]?.sentence),
  )
}

/** Several ways: shares first, the common way once, the likeliest way to its end, then what differs on the others. */
export function branchesText(story: Story, layout: Layout): Line[] {
  const endings = endingsOf(story.branches)
  const branches = [...story.branches].sort((a, b) => b.branch.probability - a.branch.probability)
  const [shown, ...others] = branches
  const top = summary(story, endings, layout.width)
  if (shown === undefined) return top
  const ways = branches.map((branch) => placed(branch, layout))
  const common = commonSentences(ways)
  const [way = []] = ways
  const title = (branch: BranchStory): Line =>
    line(
      span(`${sharePercent(branch.branch.probability)} `, 'strong'),
      span(branch.ending, branch.branch.outcome.kind === 'delivered' ? 'good' : 'bad'),
    )
  return [
    ...top,
    ...(endings.length === 1
      ? failureText(shown, layout.width)
      : endings.flatMap((each) => shareLine(each, layout.width))),
    ...doubtText(shown, layout.width),
    [],
    ...placedText(way.slice(0, common), layout, undefined),
    line(span('then', 'dim'), ' ', ...title(shown)),
    ...placedText(way.slice(common), layout, way[common - 1]),
    ...notReachedText(shown),
    ...others.flatMap((other) => [
      line(span('or', 'dim'), '   ', ...title(other), span('   otherwise', 'dim')),
      ...differences(shown, other, common, layout),
    ]),
  ]
}
