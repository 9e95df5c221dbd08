import type {Step} from '../../decision/step.js'
import type {Hop} from '../../trace/trace.js'
import {type Line, line, span} from '../styled.js'
import {candidatesText} from '../text/candidates.js'
import {wrapLine} from '../wrap.js'
import type {Row} from './rows.js'
import {branchOf, type State, selectedRow} from './state.js'
import {whyLines} from './why.js'

/** What the command knows beyond the trace: the document itself, and what was counted. */
export interface Lookup {
  /** The configuration at a step's place: parsed JSON, a rule's text, or undefined where there is none. */
  source: (at: string, hop: Hop) => unknown
  /** Counters of a hop's rules or listeners, as captured; empty where there are none. */
  counters: (hop: Hop) => {name: string; text: string}[]
}

const stepOf = (row: Row | null): Step | null => {
  if (row?.kind === 'sentence') return row.sentence.step
  return row?.kind === 'hop' ? (row.hop.sentences[0]?.step ?? null) : null
}

const placeOf = (row: Row | null): string | null => {
  if (row?.kind === 'sentence') return row.sentence.at
  return row?.kind === 'hop' ? (row.hop.sentences[0]?.at ?? null) : null
}

const hopOf = (row: Row | null): Hop | null => (row?.kind === 'sentence' || row?.kind === 'hop' ? row.hop.hop : null)

const nothing = (text: string): Line[] => [line(span(text, 'dim'))]

function consideredLines(row: Row | null, width: number): Line[] {
  const step = stepOf(row)
  if (step === null) return nothing('Nothing was chosen here: select a step.')
  if (step.passedOver.length === 0) return nothing('There was no other candidate.')
  const winner = step.decided === null ? ', none fitted' : ''
  return [
    ...wrapLine(
      line(
        span(step.level, 'strong'),
        `: ${step.passedOver.length + (step.decided === null ? 0 : 1)} considered${winner}`,
      ),
      width,
    ),
    [],
    ...candidatesText(step, width + indentOfText).map((each) => withoutIndent(each)),
  ]
}

/** The text view hangs candidates under its hop column; a pane has no such column. */
const indentOfText = 13

function withoutIndent(text: Line): Line {
  const [first, ...rest] = text
  if (first === undefined) return text
  return [
    {...first, text: first.text.slice(Math.min(indentOfText, first.text.length - first.text.trimStart().length))},
    ...rest,
  ]
}

/** JSON with its own indentation; a rule's text stays text. */
function documentText(document: unknown): string[] {
  return typeof document === 'string' ? document.split('\n') : (JSON.stringify(document, null, 2) ?? '').split('\n')
}

function sourceLines(row: Row | null, lookup: Lookup): Line[] {
  const hop = hopOf(row)
  const at = placeOf(row)
  if (hop === null || at === null) return nothing('There is no source here: select a step.')
  const document = lookup.source(at, hop)
  if (document === undefined) return [line(span(at, 'name')), ...nothing('The snapshot has no text for this place.')]
  return [line(span(at, 'name')), ...documentText(document).map((text) => line(text.replaceAll('\t', '  ')))]
}

function counterLines(row: Row | null, lookup: Lookup): Line[] {
  const hop = hopOf(row)
  const counters = hop === null ? [] : lookup.counters(hop)
  if (counters.length === 0) return nothing('The snapshot has no counters for this hop.')
  const width = Math.max(...counters.map(({name}) => name.length))
  return [
    line(span('as captured, since the rules were written', 'dim')),
    ...counters.map(({name, text}) => line(span(name.padEnd(width + 2), 'name'), text)),
  ]
}

/** The text of the right pane. Lines of a source may be longer than `width`; the pane cuts them. */
export function detailLines(state: State, lookup: Lookup, width: number): Line[] {
  const row = selectedRow(state)
  switch (state.tab) {
    case 'Why':
      return whyLines(row, branchOf(state), width)
    case 'Considered':
      return consideredLines(row, width)
    case 'Source':
      return sourceLines(row, lookup)
    case 'Counters':
      return counterLines(row, lookup)
  }
}
