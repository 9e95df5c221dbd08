import type {Coverage, Reached, Uncovered} from '../../xds/check/coverage.js'
import type {TestReport, TestResult} from '../../xds/check/report.js'
import {tellDifference} from '../story/route-test.js'
import {type Line, line, lineText, span, type Tone} from '../styled.js'
import {colourTheme, paint} from '../theme.js'
import {hanging} from './layout.js'
import type {TextOptions} from './trace.js'

type Options = Pick<TextOptions, 'width' | 'colour'>

/** A line a case; for each that failed its first difference and the reason; what no case reaches; the sums. */
export function renderTestReport({suites, summary, coverage}: TestReport, {width, colour}: Options): string {
  const room = Math.max(60, width)
  const {passed, failed, skipped} = summary
  const lines = [
    ...suites.flatMap(({file, tests}) => [
      line(span(file, 'strong')),
      ...tests.flatMap((test) => testLines(test, room)),
      line(),
    ]),
    ...coverageLines(coverage, room),
    line(
      `${passed} passed, `,
      span(`${failed} failed`, failed > 0 ? 'bad' : 'plain'),
      skipped > 0 ? `, ${skipped} skipped` : '',
    ),
  ]
  return `${lines.map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
}

const words: Record<TestResult['result'], {word: string; tone: Tone}> = {
  passed: {word: 'pass', tone: 'good'},
  failed: {word: 'FAIL', tone: 'bad'},
  skipped: {word: 'skip', tone: 'warn'},
}

function testLines({name, result, differences, unchecked, assumptions}: TestResult, width: number): Line[] {
  const {word, tone} = words[result]
  const beside = [
    ...(unchecked.length > 0 ? [`not checked: ${unchecked.join(', ')}`] : []),
    ...(assumptions.length > 0 ? [`under ${assumptions.length} assumption${assumptions.length === 1 ? '' : 's'}`] : []),
  ]
  const [first, ...more] = differences
  const title = line(name, span(beside.length === 0 ? '' : `   ${beside.join('; ')}`, 'dim'))
  return [
    ...hanging(line('  ', span(word, tone)), title, 8, width),
    ...(first ? differenceLines(first, width) : []),
    ...(more.length > 0 ? [line(span(`        also: ${more.map(({member}) => member).join(', ')}`, 'dim'))] : []),
  ]
}

function differenceLines(difference: TestResult['differences'][number], width: number): Line[] {
  const {member, expected, got, reasons} = tellDifference(difference)
  const part = (label: string, text: string, tone: Tone) =>
    hanging(line(`        ${label}`), line(span(text, tone)), 20, width)
  return [
    line(`        ${member}`),
    ...part('  expected', expected, 'good'),
    ...part('  got', got, 'bad'),
    ...reasons.flatMap((reason, index) => part(index === 0 ? '  decided' : '', reason, 'dim')),
  ]
}

const share = ({reached, total}: Reached): string => `${reached} of ${total}`

/** How many routes are reached, and what is not, by route configuration. */
function coverageLines({virtualHosts, routes, percent, uncovered}: Coverage, width: number): Line[] {
  const shown = Math.floor(percent * 10) / 10
  const configs = new Set(uncovered.map(({path}) => path[0] ?? ''))
  return [
    line(span('coverage', 'strong'), `  ${share(routes)} routes (${shown} %), ${share(virtualHosts)} virtual hosts`),
    ...[...configs].flatMap((config) => [
      line(span('  not reached', 'dim'), ` in ${config}`),
      ...uncovered.filter(({path}) => path[0] === config).flatMap((missed) => missedLines(missed, width)),
    ]),
    line(),
  ]
}

function missedLines({kind, path, routes}: Uncovered, width: number): Line[] {
  const all = kind === 'virtual host' ? ` (${routes} route${routes === 1 ? '' : 's'})` : ''
  return hanging(line(), line(`${path.slice(1).join(' > ')}${all}`), 4, width)
}
