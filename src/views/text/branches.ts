import {workloadName} from '../story/names.js'
import {evidence} from '../story/outcome.js'
import type {BranchStory, HopStory, PlaceStory, Story} from '../story/story.js'
import {type Line, line, lineText, span} from '../styled.js'
import {hanging, type Layout} from './layout.js'
import {certainty, doubtText, failureText, hopText, notReachedText, placeText} from './way.js'

/** Shares as a reader says them: 80 %, 33.3 %. */
export const sharePercent = (probability: number): string => `${Math.round(probability * 1000) / 10} %`

/** Branches that end the same way, with their shares together. */
interface Ending {
  share: number
  branches: BranchStory[]
}

function endingsOf(branches: readonly BranchStory[]): Ending[] {
  const endings = new Map<string, Ending>()
  for (const story of branches) {
    const key = `${story.ending} ${evidence(story.branch.outcome) ?? ''}`
    const known = endings.get(key)
    if (known === undefined) endings.set(key, {share: story.branch.probability, branches: [story]})
    else {
      known.share += story.branch.probability
      known.branches.push(story)
    }
  }
  return [...endings.values()].sort((a, b) => b.share - a.share)
}

function summary({branches}: Story, endings: readonly Ending[]): Line[] {
  const [first] = branches
  if (first === undefined) return [line(span('NOT KNOWN: the trace has no branch', 'warn'))]
  const [only] = endings
  if (endings.length === 1 && only !== undefined)
    return [
      line(
        ...(only.branches[0]?.headline ?? []),
        span(`   on all ${branches.length} ways, ${certainty(first, branches.length)}`, 'dim'),
      ),
    ]
  const allDelivered = branches.every(({branch}) => branch.outcome.kind === 'delivered')
  const title = allDelivered
    ? line(span('DELIVERED', 'good'), span(` to one of ${endings.length}`, 'strong'))
    : line(span('IT DEPENDS', 'warn'), span(`: ${endings.length} endings`, 'strong'))
  return [line(...title, span(`   ${certainty(first, branches.length)}`, 'dim'))]
}

const shareLine = ({share, branches}: Ending, width: number): Line[] => {
  const [story] = branches
  if (story === undefined) return []
  const failed = story.branch.outcome.kind !== 'delivered'
  return [
    ...hanging(
      line(span(sharePercent(share).padStart(8), 'strong')),
      line(span(story.ending, failed ? 'bad' : 'good')),
      10,
      width,
    ),
    ...failureText(story, width - 8).map((each): Line => [{text: ' '.repeat(8), tone: 'plain'}, ...each]),
  ]
}

interface Placed {
  place: PlaceStory
  hop: HopStory
  /** The hop as text, for comparison. */
  text: string
}

const placed = (story: BranchStory, layout: Layout): Placed[] =>
  story.places.flatMap((place) =>
    place.hops.map((hop) => ({place, hop, text: hopText(hop, layout).map(lineText).join('\n')})),
  )

/** How many hops all branches begin with alike. */
function commonHops(ways: readonly Placed[][]): number {
  const [first = []] = ways
  const differs = first.findIndex(({text, place}, index) =>
    ways.some((way) => way[index]?.text !== text || way[index]?.place.name !== place.name),
  )
  return differs === -1 ? Math.min(...ways.map((way) => way.length)) : differs
}

function placedText(hops: readonly Placed[], layout: Layout): Line[] {
  const lines: Line[] = []
  let last: string | null = null
  for (const {place, hop} of hops) {
    if (place.name !== last) lines.push(...placeText({...place, hops: []}, layout))
    lines.push(...hopText(hop, layout))
    last = place.name
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

const sentenceLines = (hop: HopStory): string[] =>
  hop.sentences.map(({what, beside}) => `${lineText(what)}${beside === null ? '' : `  ${beside}`}`)

/** What another branch has otherwise than the shown one, hop by hop. */
function differences(shown: BranchStory, other: BranchStory, skip: number, layout: Layout): Line[] {
  const left = placed(shown, layout).slice(skip)
  const right = placed(other, layout).slice(skip)
  const known = left.map(({hop}) => new Set(sentenceLines(hop).map((text) => blanked(text, shown))))
  return right.flatMap(({hop, place}, index) => {
    const lines = hop.sentences.filter(
      ({minor}, at) => !minor && known[index]?.has(blanked(sentenceLines(hop)[at] ?? '', other)) !== true,
    )
    if (lines.length === 0) return []
    const label = `${workloadName(place.name)} ${hop.label}`
    return lines.flatMap(({what, beside}, at) =>
      hanging(
        line(span(at === 0 ? `    ${label}` : '', 'dim')),
        line(...what, span(beside === null ? '' : `   ${beside}`, 'dim')),
        28,
        layout.width,
      ),
    )
  })
}

/** Several ways: shares first, the common way once, the likeliest way to its end, then what differs on the others. */
export function branchesText(story: Story, layout: Layout): Line[] {
  const endings = endingsOf(story.branches)
  const branches = [...story.branches].sort((a, b) => b.branch.probability - a.branch.probability)
  const [shown, ...others] = branches
  const top = summary(story, endings)
  if (shown === undefined) return top
  const ways = branches.map((branch) => placed(branch, layout))
  const common = commonHops(ways)
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
    ...placedText(way.slice(0, common), layout),
    line(span('then', 'dim'), ' ', ...title(shown)),
    ...placedText(way.slice(common), layout),
    ...notReachedText(shown),
    ...others.flatMap((other) => [
      line(span('or', 'dim'), '   ', ...title(other), span('   otherwise', 'dim')),
      ...differences(shown, other, common, layout),
    ]),
  ]
}
