import type {Step} from '../../decision/step.js'
import type {Hop, Trace} from '../../trace/trace.js'
import {candidateMark, candidateName, sayBecause, sayFails} from '../story/check.js'
import {evidence} from '../story/outcome.js'
import {sharePercent} from '../story/share.js'
import {
  type BranchStory,
  type CaptureFacts,
  type HopStory,
  noFacts,
  type PlaceStory,
  type Sentence,
  type Story,
} from '../story/story.js'
import {tellTrace} from '../story/tell-trace.js'
import {lineText} from '../styled.js'
import {pageStyle} from './page-style.js'
import {renderSvg} from './svg.js'
import {element, escapeXml} from './xml.js'

export interface PageOptions {
  facts?: CaptureFacts
  /** The configuration at a step's place, or undefined where there is none. */
  source?: (at: string, hop: Hop) => unknown
}

/** Longest source shown in a page; more is named, not shown. */
const longestSource = 20_000

const words = (name: string, text: string, kind = ''): string =>
  `<${name}${kind === '' ? '' : ` class="${kind}"`}>${escapeXml(text)}</${name}>\n`

function candidates(step: Step): string {
  if (step.passedOver.length === 0) return ''
  const rows = step.passedOver.map(
    (passed) =>
      `<tr><td>${candidateMark(passed)}</td><td class="name">${escapeXml(candidateName(passed))}</td><td>${escapeXml(sayFails(passed.check))}</td></tr>\n`,
  )
  return `<table><caption>Passed over</caption><thead><tr><th scope="col">fits</th><th scope="col">candidate</th><th scope="col">why not</th></tr></thead><tbody>\n${rows.join('')}</tbody></table>\n`
}

function sourceText(at: string, hop: Hop, {source}: PageOptions): string {
  const found = source?.(at, hop)
  if (found === undefined) return ''
  const text = typeof found === 'string' ? found : (JSON.stringify(found, null, 2) ?? '')
  const shown =
    text.length > longestSource
      ? `${text.slice(0, longestSource)}\n... ${text.length - longestSource} characters more`
      : text
  const lines = shown
    .split('\n')
    .map((text) => escapeXml(text).trimEnd())
    .join('\n')
    .trimEnd()
  return `<pre tabindex="0" aria-label="source">${lines}</pre>\n`
}

function sentence({what, why, beside, failed, minor, step, at}: Sentence, hop: Hop, options: PageOptions): string {
  const mark = failed ? '<span class="bad">✕</span> ' : ''
  const summary = `${mark}${escapeXml(lineText(what))}${beside === null ? '' : ` <span class="beside">${escapeXml(beside)}</span>`}`
  const because = step === null ? null : sayBecause(step.because)
  const inside = [
    why === null ? '' : words('p', why),
    because === null || because === beside ? '' : words('p', `because ${because}`),
    step === null ? '' : candidates(step),
    at === null ? '' : words('p', at, 'at'),
    at === null ? '' : sourceText(at, hop, options),
  ].join('')
  const item = minor ? '<li class="minor">' : '<li>'
  if (inside === '') return `${item}${summary}</li>\n`
  return `${item}<details${failed ? ' open' : ''}><summary>${summary}</summary>\n${inside}</details></li>\n`
}

const hop = ({number, label, failed, sentences, hop: itself}: HopStory, options: PageOptions): string =>
  `<section class="hop${failed ? ' failed' : ''}">\n<h4><span class="count">${number}</span> ${escapeXml(label)}</h4>\n<ul>\n${sentences
    .map((each) => sentence(each, itself, options))
    .join('')}</ul>\n</section>\n`

const place = (story: PlaceStory, options: PageOptions): string =>
  `<section class="place">\n<h3>${escapeXml(story.name)} <span class="role">${escapeXml(story.role)}</span></h3>\n${story.hops
    .map((each) => hop(each, options))
    .join('')}</section>\n`

function remedy({remedy: found, branch}: BranchStory): string {
  const proof = branch.outcome.kind === 'delivered' ? null : evidence(branch.outcome)
  const lines = found?.lines ?? []
  return [
    found === null ? '' : words('p', found.says),
    proof === null ? '' : words('p', proof, 'proof'),
    lines.length === 0
      ? ''
      : `<dl>\n${lines.map(({label, text}) => `<dt>${escapeXml(label || 'and')}</dt><dd>${escapeXml(text)}</dd>\n`).join('')}</dl>\n`,
    branch.assumptions.length === 0
      ? ''
      : `<h3>Supposed</h3>\n<ul>\n${branch.assumptions.map(({about, assumed}) => words('li', `${about}: ${assumed}`)).join('')}</ul>\n`,
    branch.warnings.length === 0
      ? ''
      : `<h3>Warnings</h3>\n<ul>\n${branch.warnings.map((text) => words('li', text)).join('')}</ul>\n`,
  ].join('')
}

function branch(story: BranchStory, index: number, trace: Trace, options: PageOptions): string {
  const alone = trace.branches.length === 1
  const failed = story.branch.outcome.kind !== 'delivered'
  const share = alone ? '' : `${sharePercent(story.branch.probability)}: `
  const picture = renderSvg(trace, {branch: index, facts: options.facts ?? noFacts, bare: true})
    .replace(/<style>.*?<\/style>\n/s, '')
    .replaceAll('st-title', `st-title-${index}`)
    .replaceAll('st-desc', `st-desc-${index}`)
  return `<section id="way-${index + 1}">\n<h2 class="${failed ? 'bad' : 'good'}">${escapeXml(share + lineText(story.headline))}</h2>\n${remedy(story)}<div class="picture${story.places.length > 3 ? ' wide' : ''}" tabindex="0" role="group" aria-label="picture of the way">${picture}</div>\n${story.places
    .map((each) => place(each, options))
    .join('')}${story.notReached === null ? '' : words('p', `not reached: ${story.notReached}`)}</section>\n`
}

/** Where the ways end, each leading to its own part of the page; nothing where there is one way alone. */
function contents({branches}: Story): string {
  if (branches.length < 2) return ''
  const items = branches.map(({branch: {probability, outcome}, headline}, index) => {
    const kind = outcome.kind === 'delivered' ? 'good' : 'bad'
    return `<li><a class="${kind}" href="#way-${index + 1}">${escapeXml(`${sharePercent(probability)}: ${lineText(headline)}`)}</a></li>\n`
  })
  return `<nav aria-label="ways">\n<ul>\n${items.join('')}</ul>\n</nav>\n`
}

/** The trace as one file without anything outside it: the picture, and every step, which opens to its reason and source. */
export function renderHtml(trace: Trace, options: PageOptions = {}): string {
  const story = tellTrace(trace, options.facts ?? noFacts)
  const title = lineText(story.request)
  const body = story.branches.map((each, index) => branch(each, index, trace, options)).join('')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(`sidetrace: ${title}`.slice(0, 68))}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${element('h1', {}, escapeXml(title))}${words('p', lineText(story.from))}${contents(story)}${body}</main>
</body>
</html>
`
}
