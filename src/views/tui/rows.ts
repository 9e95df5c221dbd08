import type {BranchStory, HopStory, PlaceStory, Sentence} from '../story/story.js'
import {lineText} from '../styled.js'

/** One line of the tree on the left. */
export type Row =
  | {kind: 'place'; key: string; depth: 0; place: PlaceStory; open: boolean; failed: boolean}
  | {
      kind: 'hop'
      key: string
      depth: 1
      place: PlaceStory
      hop: HopStory
      open: boolean
      foldable: boolean
      failed: boolean
    }
  | {kind: 'sentence'; key: string; depth: 2; place: PlaceStory; hop: HopStory; sentence: Sentence; failed: boolean}
  | {kind: 'end'; key: string; depth: 0; text: string; failed: false}

/** What of the tree is shown. */
export interface Shown {
  folded: ReadonlySet<string>
  /** Only what contains this text; empty for all. */
  find: string
  /** Steps that say how a thing was found, too. */
  minor: boolean
}

const sentenceText = ({what, why, beside}: Sentence): string =>
  `${lineText(what)} ${why ?? ''} ${beside ?? ''}`.toLowerCase()

const hopText = (hop: HopStory): string => `${hop.label} ${hop.sentences.map(sentenceText).join(' ')}`.toLowerCase()

/** Keys name the hop by its number: they stay the same while the request is edited, and so does what is folded. */
const hopKey = (hop: HopStory): string => `hop ${hop.number} ${hop.label}`

function hopRows(place: PlaceStory, hop: HopStory, {folded, find, minor}: Shown): Row[] {
  const key = hopKey(hop)
  const foldable = hop.sentences.filter((each) => find !== '' || minor || !each.minor).length > 1
  // A search finds minor steps too: who names one wants to see it.
  const sentences = hop.sentences.filter((each) =>
    find === '' ? minor || !each.minor : sentenceText(each).includes(find),
  )
  if (find !== '' && sentences.length === 0 && !hopText(hop).includes(find)) return []
  const open = foldable && (find !== '' || !folded.has(key))
  const row: Row = {kind: 'hop', key, depth: 1, place, hop, open, foldable, failed: hop.failed}
  if (!open) return [row]
  return [
    row,
    ...sentences.map(
      (sentence): Row => ({
        kind: 'sentence',
        key: `${key} ${hop.sentences.indexOf(sentence)}`,
        depth: 2,
        place,
        hop,
        sentence,
        failed: sentence.failed,
      }),
    ),
  ]
}

/** The tree of a branch as lines: places, their hops, and in them what was decided. */
export function rowsOf(story: BranchStory, shown: Shown): Row[] {
  const {folded} = shown
  const text = shown.find.trim().toLowerCase()
  const rows = story.places.flatMap((place, index): Row[] => {
    const key = `place ${index} ${place.name}`
    const hops = place.hops.flatMap((hop) => hopRows(place, hop, {...shown, find: text}))
    if (text !== '' && hops.length === 0 && !place.name.toLowerCase().includes(text)) return []
    const open = text !== '' || !folded.has(key)
    const title: Row = {kind: 'place', key, depth: 0, place, open, failed: place.hops.some((hop) => hop.failed)}
    return [title, ...(open ? hops : [])]
  })
  const end: Row[] =
    story.notReached === null || text !== ''
      ? []
      : [{kind: 'end', key: 'end', depth: 0, text: `not reached: ${story.notReached}`, failed: false}]
  return [...rows, ...end]
}

/** The row that a reader wants first: where it failed, else the first decision that passed something over, else the first. */
export function firstRow(rows: readonly Row[]): number {
  const failed = rows.findLastIndex((row) => row.failed && row.kind !== 'place')
  if (failed !== -1) return failed
  const route = rows.findIndex((row) => row.kind === 'sentence' && row.sentence.topic === 'route')
  return route === -1 ? 0 : route
}

/** Whether something lost here: what `n` goes to. */
export const decides = (row: Row): boolean =>
  row.failed || (row.kind === 'sentence' && (row.sentence.step?.passedOver.length ?? 0) > 0)
