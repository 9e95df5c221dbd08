import type {Check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {Connection, Hop} from '../../trace/trace.js'
import {candidateName, sayFails, sayHolds} from '../story/check.js'
import {socketText} from '../story/names.js'
import {crossingWords} from '../story/netns.js'
import {evidence} from '../story/outcome.js'
import type {BranchStory, HopStory, Sentence} from '../story/story.js'
import {trialOf} from '../story/trial.js'
import {type Line, line, span} from '../styled.js'
import {wrapLine} from '../wrap.js'
import type {Row} from './rows.js'

/** Candidates shown here; the next tab has all of them. */
const few = 5

const indented = (text: Line, width: number, indent = 2): Line[] =>
  wrapLine(text, Math.max(8, width - indent)).map((part): Line => [{text: ' '.repeat(indent), tone: 'plain'}, ...part])

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [[], line(span(title, 'dim')), ...lines]

const listed = (passed: readonly PassedOver[], say: (check: Check) => string, width: number): Line[] => [
  ...passed
    .slice(0, few)
    .flatMap((each) => indented(line(span(candidateName(each), 'name'), `  ${say(each.check)}`), width)),
  ...(passed.length > few ? indented(line(span(`and ${passed.length - few} more: tab Considered`, 'dim')), width) : []),
]

function passedOver(step: Step, width: number): Line[] {
  const {before, after} = trialOf(step)
  const late = after.filter(({check}) => check.holds === 'yes')
  const others = after.length - late.length
  const none = `passed over: nothing, it is the first of ${step.passedOver.length + 1}`
  return [
    ...(before.length === 0
      ? [[], line(span(none, 'dim'))]
      : section(`passed over: ${before.length}`, listed(before, sayFails, width))),
    ...section('would have matched too, but came later', listed(late, sayHolds, width)),
    ...(others === 0 ? [] : [[], line(span(`${others} that come later would not fit`, 'dim'))]),
  ]
}

function stepLines(step: Step, width: number): Line[] {
  const because = step.because.flatMap((check) => indented(line(sayHolds(check)), width))
  const source = section('its place', indented(line(span(step.at, 'dim')), width))
  return [...section('because', because), ...(step.passedOver.length === 0 ? [] : passedOver(step, width)), ...source]
}

const title = (text: Line, width: number): Line[] => wrapLine(text, width)

const emphasised = (text: Line): Line => text.map((each) => (each.tone === 'plain' ? {...each, tone: 'strong'} : each))

const sentenceHead = (sentence: Sentence, width: number): Line[] => [
  ...title(emphasised(sentence.what), width),
  ...(sentence.step === null && sentence.beside !== null ? indented(line(sentence.beside), width) : []),
]

const sentenceRest = ({step, madeBy}: Sentence, width: number): Line[] => [
  ...section('made by', madeBy === null ? [] : indented(line(madeBy), width)),
  ...(step === null ? [] : stepLines(step, width)),
]

const connectionText = ({src, sport, dst, dport}: Connection): string =>
  `${socketText(src, sport)} to ${socketText(dst, dport)}`

function hopFacts(hop: Hop): [string, string][] {
  switch (hop.place) {
    case 'app':
      return hop.address === null ? [] : [['address', hop.address]]
    case 'netns':
    case 'node': {
      const {entered, left} = hop
      const flow = (packet: typeof entered): string =>
        `${packet.proto} ${socketText(packet.src, packet.sport ?? null)} to ${socketText(packet.dst, packet.dport ?? null)}`
      const owner =
        entered.uid == null
          ? []
          : [
              ['socket owner', `uid ${entered.uid}${entered.gid == null ? '' : `, gid ${entered.gid}`}`] as [
                string,
                string,
              ],
            ]
      return [
        ...(hop.place === 'netns' ? [['passage', crossingWords[hop.crossing]] as [string, string]] : []),
        ['entered', flow(entered)],
        ...owner,
        ['left', hop.verdict === 'accept' ? flow(left) : hop.verdict],
      ]
    }
    case 'proxy':
      return [
        ['connection', connectionText(hop.entered)],
        ...(hop.left === null ? [] : [['onward', connectionText(hop.left)] as [string, string]]),
        ...hop.notes.map(({kind, text}): [string, string] => [kind, text]),
      ]
  }
}

const factLines = (facts: readonly [string, string][], width: number): Line[] =>
  facts.flatMap(([label, text]) => {
    const lead = label.padEnd(13)
    const [first = [], ...rest] = wrapLine(line(text), Math.max(12, width - lead.length - 2))
    return [
      line(span(`  ${lead}`, 'dim'), ...first),
      ...rest.map((part): Line => [{text: ' '.repeat(lead.length + 2), tone: 'plain'}, ...part]),
    ]
  })

function hopLines({hop, sentences}: HopStory, width: number): Line[] {
  const rules = hop.place === 'netns' || hop.place === 'node' ? hop.rules : []
  return [
    ...section('connection', factLines(hopFacts(hop), width)),
    ...section(
      'rules that matched, in order',
      rules.flatMap((rule) => indented(line(span(rule, 'name')), width)),
    ),
    ...(sentences.length > 1
      ? section(
          'decided here',
          sentences.flatMap(({what, failed}) => indented(failed ? line(span('x ', 'bad'), ...what) : what, width)),
        )
      : []),
  ]
}

function remedyLines({remedy, branch}: BranchStory, width: number): Line[] {
  const proof = branch.outcome.kind === 'delivered' ? null : evidence(branch.outcome)
  if (remedy === null && proof === null) return []
  return [
    [],
    ...title(line(span('x ', 'bad'), span(remedy?.says ?? '', 'strong')), width),
    ...(proof === null ? [] : indented(line(span(proof, 'name')), width)),
    ...factLines(
      (remedy?.lines ?? []).map(({label, text}): [string, string] => [label, text]),
      width,
    ),
  ]
}

function doubtLines({branch}: BranchStory, width: number): Line[] {
  return [
    ...section(
      'supposed, because the snapshot does not tell',
      branch.assumptions.flatMap(({about, assumed, turn}) =>
        indented(
          line(span('? ', 'warn'), `${about}: ${assumed}`, span(turn === null ? '' : `  ${turn}`, 'dim')),
          width,
        ),
      ),
    ),
    ...section(
      'warnings',
      branch.warnings.flatMap((text) => indented(line(span('! ', 'warn'), text), width)),
    ),
  ]
}

/** Everything that is known of the selected row's reason, as lines that fit `width`. */
export function whyLines(row: Row | null, story: BranchStory, width: number): Line[] {
  // A way that ends outside of any hop (a name without an address) has its remedy everywhere.
  const nowhere = !story.places.some(({hops}) => hops.some((hop) => hop.failed))
  const failed = row === null || row.failed || row.kind === 'end' || nowhere
  const remedy = failed ? remedyLines(story, width) : []
  switch (row?.kind) {
    case undefined:
    case 'end':
      return [...title(line(...story.headline), width), ...remedy, ...doubtLines(story, width)]
    case 'place':
      return [
        ...title(line(span(row.place.name, 'strong'), span(`  ${row.place.role}`, 'dim')), width),
        ...section('the whole way', title(line(...story.headline), width)),
        ...remedy,
        ...doubtLines(story, width),
      ]
    case 'hop': {
      const [only] = row.hop.sentences
      const alone = row.hop.sentences.length === 1 && only !== undefined
      return [
        ...(alone
          ? sentenceHead(only, width)
          : title(line(span(row.hop.label, 'strong'), ` of ${row.place.name}`), width)),
        ...remedy,
        ...(alone ? sentenceRest(only, width) : []),
        ...hopLines(row.hop, width),
      ]
    }
    case 'sentence':
      return [...sentenceHead(row.sentence, width), ...remedy, ...sentenceRest(row.sentence, width)]
  }
}
