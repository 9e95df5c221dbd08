import {evidence} from '../story/outcome.js'
import type {BranchStory, HopStory, PlaceStory, Sentence} from '../story/story.js'
import {type Line, line, span, toned} from '../styled.js'
import {candidatesText} from './candidates.js'
import {hanging, type Layout, margin, withAside} from './layout.js'

const hopLead = ({number, label, failed}: HopStory): Line =>
  line(
    span(`${failed ? 'x' : ' '}${String(number).padStart(2)} `, failed ? 'bad' : 'dim'),
    span(label, failed ? 'bad' : 'strong'),
  )

/**
 * A sentence, under the title of its hop where it is the first one. The candidates of its step are not listed again where the
 * sentence `before` told of the same step.
 */
export function sentenceLines(
  sentence: Sentence,
  hop: HopStory | null,
  layout: Layout,
  before: Sentence | undefined,
): Line[] {
  // What failed, and how far an answer is proved, is told whole.
  const kept =
    sentence.failed || layout.full || sentence.topic === 'registry' ? {...layout, brevity: 0 as const} : layout
  const lead = hop !== null ? hopLead(hop) : sentence.failed ? line(span(' x', 'bad')) : []
  return [
    ...withAside(lead, sentence.what, sentence.beside, kept),
    ...(sentence.why === null || (kept.brevity ?? 0) > 0
      ? []
      : hanging([], toned(line(sentence.why), 'dim'), margin, layout.width)),
    ...(layout.full && sentence.madeBy?.endsWith(')') === true
      ? hanging([], toned(line(`made by ${sentence.madeBy}`), 'dim'), margin, layout.width)
      : []),
    ...(layout.full && sentence.step !== null && sentence.step !== before?.step
      ? candidatesText(sentence.step, layout.width)
      : []),
  ]
}

export const shownSentences = ({sentences}: HopStory, {full}: Layout): Sentence[] =>
  sentences.filter(({minor}) => full || !minor)

const hopText = (hop: HopStory, layout: Layout): Line[] =>
  shownSentences(hop, layout).flatMap((sentence, index, all) =>
    sentenceLines(sentence, index === 0 ? hop : null, layout, all[index - 1]),
  )

export const placeTitle = ({name, role}: PlaceStory): Line =>
  line(span(name, 'strong'), span(role === '' ? '' : `  ${role}`, 'dim'))

const placeText = (place: PlaceStory, layout: Layout): Line[] => [
  placeTitle(place),
  ...place.hops.flatMap((hop) => hopText(hop, layout)),
]

/** The flags, the reason and the remedy of a failure. */
export function failureText(story: BranchStory, width: number): Line[] {
  const {outcome} = story.branch
  const proof = evidence(outcome)
  const lead = (label: string): Line => line(span(`  ${label}`, 'dim'))
  return [
    ...(story.remedy === null ? [] : hanging([], line(span(story.remedy.says)), 2, width)),
    ...(proof === null || outcome.kind === 'delivered' ? [] : hanging([], line(span(proof, 'name')), 2, width)),
    ...(story.remedy?.lines ?? []).flatMap(({label, text}, index, all) => {
      const again = all[index - 1]?.label === label
      const shown = label === 'to change' ? line(span(text, 'strong')) : line(text)
      return hanging(again ? [] : lead(label), shown, 17, width)
    }),
  ]
}

/** What the answer supposes, and what else is worth knowing. Never a footnote: it stands before the way. */
export function doubtText(story: BranchStory, width: number): Line[] {
  const {assumptions, warnings} = story.branch
  const lead = (label: string): Line => line(span(`  ${label}`, 'warn'))
  return [
    ...assumptions.flatMap(({about, assumed, turn}) =>
      hanging(
        lead('supposing'),
        line(`${about}: ${assumed}${turn === null ? '' : ` (turn it with ${turn})`}`),
        17,
        width,
      ),
    ),
    ...warnings.flatMap((text) => hanging(lead('warning'), line(text), 17, width)),
  ]
}

/** How sure the answer is, and how many ways there are. */
export function certainty({branch}: BranchStory, branches: number): string {
  const count = branches === 1 ? [] : [`${branches} branches`]
  const {length} = branch.assumptions
  const sure = length === 0 ? 'certain' : `if ${length === 1 ? 'the assumption holds' : `${length} assumptions hold`}`
  return (branch.outcome.kind === 'unknown' ? count : [sure, ...count]).join(', ')
}

export const notReachedText = ({notReached}: BranchStory): Line[] =>
  notReached === null ? [] : [line(span(`    not reached: ${notReached}`, 'dim'))]

/** One branch, whole. */
export function wayText(story: BranchStory, layout: Layout): Line[] {
  return [
    ...hanging([], line(...story.headline, span(`   ${certainty(story, 1)}`, 'dim')), 0, layout.width),
    ...failureText(story, layout.width),
    ...doubtText(story, layout.width),
    [],
    ...story.places.flatMap((place) => placeText(place, layout)),
    ...notReachedText(story),
  ]
}
