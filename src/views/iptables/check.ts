import {printableLine} from '../printable.js'
import {type Line, line, lineText, span, type Tone} from '../styled.js'
import {hanging} from '../text/layout.js'
import {colourTheme, paint} from '../theme.js'
import type {CheckDocument, ShownFinding} from './check-document.js'

const tones: Readonly<Record<ShownFinding['severity'], Tone>> = {error: 'bad', warning: 'warn', info: 'dim'}

/** Cells before the text of a line. */
const indent = 12

/** The findings place by place, each with its proof and what to do; then what could not be decided. */
export function renderCheck(document: CheckDocument, {width, colour}: {width: number; colour: boolean}): string {
  const room = Math.max(60, width)
  const lines = document.places.flatMap((place) => placeLines(place, document, room))
  return `${[...lines, line(summary(document))].map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
}

function placeLines(place: string, {findings, undecided}: CheckDocument, width: number): Line[] {
  const own = findings.filter(({place: {of}}) => of === place)
  const open = undecided.filter(({of}) => of === place)
  const nothing = own.length === 0 && open.length === 0
  return [
    line(span(printableLine(place), 'strong'), nothing ? '  nothing found' : ''),
    ...own.flatMap((finding) => findingLines(finding, width)),
    ...open.flatMap(({place: where, why}) =>
      hanging(line(span('undecided', 'warn')), line(printableLine(`${where}: ${why}`)), indent, width),
    ),
    line(),
  ]
}

function findingLines({code, severity, message, evidence, remedy, place}: ShownFinding, width: number): Line[] {
  const row = (label: string, text: string, tone: Tone = 'dim'): Line[] =>
    text === '' ? [] : hanging(line(span(label, tone)), line(printableLine(text)), indent, width)
  return [
    ...hanging(
      line(span(severity, tones[severity])),
      line(span(code, 'name'), `  ${printableLine(message)}`),
      indent,
      width,
    ),
    ...row('  rule', place.text ?? ''),
    ...row('  because', evidence),
    ...row('  to do', remedy),
  ]
}

function summary({findings, undecided, places}: CheckDocument): string {
  const count = (severity: ShownFinding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length
  const named = (severity: ShownFinding['severity'], one: string): string =>
    `${count(severity)} ${one}${count(severity) === 1 ? '' : 's'}`
  const counts = [named('error', 'error'), named('warning', 'warning'), named('info', 'note')]
  const open = undecided.length === 0 ? '' : `, ${undecided.length} not decided`
  return `${places.length} ${places.length === 1 ? 'place' : 'places'} checked: ${counts.join(', ')}${open}`
}
