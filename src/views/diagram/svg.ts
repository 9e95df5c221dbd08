import type {Trace} from '../../trace/trace.js'
import {evidence} from '../story/outcome.js'
import {sharePercent} from '../story/share.js'
import {type BranchStory, type CaptureFacts, noFacts, type Story} from '../story/story.js'
import {tellTrace} from '../story/tell-trace.js'
import {lineText} from '../styled.js'
import {drawArrows} from './arrow.js'
import {drawBoxes, frameOf} from './box.js'
import {legsOf} from './leg.js'
import {legendOf} from './legend.js'
import {pictureStyle} from './picture-style.js'
import {planOf} from './plan.js'
import {wrapWords} from './words.js'
import {element, escapeXml, text} from './xml.js'

export interface PictureOptions {
  facts?: CaptureFacts
  /** Which way is drawn: index into the trace's branches; the likeliest otherwise. */
  branch?: number
  /** The boxes and arrows alone: for a page that has the words itself. */
  bare?: boolean
}

/** How many of the other ways are named above a picture. */
const mostOthers = 4

const likeliest = (branches: readonly BranchStory[]): BranchStory | undefined =>
  [...branches].sort((a, b) => b.branch.probability - a.branch.probability)[0]

/** What becomes of the requests that do not go this way. */
function othersOf({branches}: Story, drawn: BranchStory): string[] {
  const others = branches.filter((branch) => branch !== drawn)
  const shown = others
    .slice(0, mostOthers)
    .map(
      ({branch, ending}) =>
        `${sharePercent(branch.probability)}${branch.outcome.kind === 'delivered' ? ' to' : ''} ${ending}`,
    )
  const more = others.length > mostOthers ? [`${others.length - mostOthers} more ways`] : []
  return others.length === 0 ? [] : [`otherwise: ${[...shown, ...more].join(', ')}`]
}

/** Request, answer, and what failed, above the boxes. */
function headOf(story: Story, branch: BranchStory, width: number): {svg: string; height: number} {
  const failed = branch.branch.outcome.kind !== 'delivered'
  const share = story.branches.length > 1 ? `${sharePercent(branch.branch.probability)} of such requests. ` : ''
  const proof = failed ? evidence(branch.branch.outcome) : null
  const lines: {words: string; kind: string; size: number}[] = [
    {words: lineText(story.request), kind: '', size: 17},
    {words: lineText(story.from), kind: 'soft', size: 13},
    {words: `${share}${lineText(branch.headline)}`, kind: failed ? 'bad' : 'good', size: 15},
    ...othersOf(story, branch).map((words) => ({words, kind: 'soft', size: 13})),
    ...[
      branch.remedy?.says ?? null,
      proof,
      ...(branch.remedy?.lines ?? []).map(({label, text: words}) => `${label}: ${words}`),
    ]
      .filter((words) => words !== null)
      .map((words) => ({words, kind: '', size: 13})),
    ...branch.branch.assumptions.map(({about, assumed}) => ({
      words: `supposing: ${about}: ${assumed}`,
      kind: 'soft',
      size: 13,
    })),
  ]
  const wrapped = lines.flatMap((each) =>
    wrapWords(each.words, Math.floor((width - 48) / (each.size * 0.56))).map((words) => ({...each, words})),
  )
  let y = 18
  const svg = wrapped.map(({words, kind, size}) => {
    y += size + 6
    return text(24, y, words, {class: kind, size, bold: size > 13})
  })
  return {svg: svg.join(''), height: y + 18}
}

/** The picture of one way: boxes for pods and nodes, numbered arrows, and below what each number did and by which rule. */
export function renderSvg(trace: Trace, {facts = noFacts, branch, bare = false}: PictureOptions = {}): string {
  const story = tellTrace(trace, facts)
  const shown = branch === undefined ? likeliest(story.branches) : story.branches[branch]
  const title = `${lineText(story.request)}: ${shown?.ending ?? 'not known'}`
  if (shown === undefined) return svgDocument(title, title, 600, 80, text(24, 44, title, {size: 15}))
  const plan = planOf(shown)
  const legs = legsOf(plan)
  const frame = frameOf(plan, legs)
  const nothing = {svg: '', height: 0}
  const head = bare ? nothing : headOf(story, shown, frame.width)
  const legend = bare ? nothing : legendOf(shown, frame.width)
  const body = element(
    'g',
    {transform: `translate(0 ${head.height})`},
    drawBoxes(plan, frame) + drawArrows(legs, frame),
  )
  const below = element('g', {transform: `translate(0 ${head.height + frame.height})`}, legend.svg)
  const description = shown.places
    .map((place) => `${place.name}: ${place.hops.map((hop) => `${hop.number} ${hop.label}`).join(', ')}`)
    .join('; ')
  return svgDocument(
    title,
    description,
    frame.width,
    head.height + frame.height + legend.height,
    head.svg + body + below,
  )
}

/** An SVG document with title and description for readers of the screen, and the colours of all our pictures. */
export const svgDocument = (title: string, description: string, width: number, height: number, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" class="st" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="st-title st-desc">
<title id="st-title">${escapeXml(title)}</title>
<desc id="st-desc">${escapeXml(description)}</desc>
<style>${pictureStyle}</style>
<rect width="100%" height="100%" style="fill: var(--ground)"/>
${body}
</svg>
`
