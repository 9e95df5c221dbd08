import type {Step} from '../../decision/step.js'
import type {ProxyHop} from '../../trace/trace.js'
import {type Line, line, span} from '../styled.js'
import {sayBecause, sayFails} from './check.js'
import {istioObject, withFile} from './istio-object.js'
import {readPolicyName} from './names.js'
import type {CaptureFacts, Sentence} from './story.js'
import {trialOf} from './trial.js'

const chainIndex = (index: number): string => (index === -1 ? 'by default' : `number ${index + 1}`)

/** Members of the hop that a step of that level decided. */
export const members: Record<string, (hop: ProxyHop) => string | null> = {
  listener: (hop) => hop.listener,
  'filter chain': (hop) => hop.filterChain && (hop.filterChain.name ?? chainIndex(hop.filterChain.index)),
  'virtual host': (hop) => hop.virtualHost,
  route: (hop) => hop.route && (hop.route.name ?? `number ${hop.route.index + 1}`),
  cluster: (hop) => hop.cluster,
  endpoint: (hop) => hop.endpoint,
}

const ordinal = (count: number): string => {
  const rest = count % 100
  const suffix = rest > 10 && rest < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')
  return `${count}${suffix}`
}

/** Where the winner stands among its candidates. */
const position = (step: Step): string =>
  step.passedOver.length === 0 ? '' : `, ${ordinal(trialOf(step).before.length + 1)} of ${step.passedOver.length + 1}`

/** Levels that say how the way was found rather than where it goes; shown in full, and where they went wrong. */
const minorLevels = new Set([
  'listener filter',
  'listener filters timeout',
  'tls',
  'subset',
  'priority',
  'aggregate',
  'transport socket',
  'endpoint',
  'listener',
  'hand-off',
])

/** A route without a name is called by its place in the list. */
const routeName = (subject: string, step: Step): Line =>
  subject.startsWith('#') && step.passedOver.length > 0
    ? line(span(`the ${position(step).replace(/^, /, '').replace(' of ', ' route of ')}`))
    : line('route ', span(subject, 'name'), position(step))

/** Levels with words of their own; all others are told by name. */
const words: Record<string, (subject: string, step: Step, madeBy: string | null) => Line> = {
  route: (subject, step, madeBy) => line(...routeName(subject, step), madeBy === null ? '' : ` of ${madeBy}`),
  registry: (subject) => line('by the registry: ', span(subject, 'name')),
  rbac: (subject) => filterLine(subject),
  'http filter': (subject) => filterLine(subject),
  'network filter': (subject) => filterLine(subject),
}

/** What a filter did, without the filter's own name: `envoy.filters.http.rbac: denied by ns[..]-..` or `... denies by policy ...`. */
interface FilterVerdict {
  filter: string
  verdict: string
  policy: string | null
}

export function readFilterVerdict(decided: string): FilterVerdict | null {
  const parts = /^(\S+?):? (goes on|allow(?:s|ed)|den(?:ies|ied)|answers .*)(?: by (?:policy )?(.*))?$/s.exec(decided)
  if (parts === null) return null
  const [, filter = '', verdict = '', policy = null] = parts
  return {filter, verdict, policy}
}

const isAuthorization = ({filter}: FilterVerdict): boolean => filter.includes('rbac')

/** `AuthorizationPolicy default/ratings-allow rule 1`, where Istio made the name. */
function policyText(name: string): string {
  const policy = readPolicyName(name)
  return policy === null ? `policy ${name}` : `AuthorizationPolicy ${policy.policy} rule ${policy.rule}`
}

function filterLine(decided: string): Line {
  const read = readFilterVerdict(decided)
  if (read === null || !isAuthorization(read)) return line('filter ', span(decided, 'name'))
  const verdict = span(read.verdict, read.verdict.startsWith('den') ? 'bad' : 'plain')
  if (read.policy !== null) return line('authorization ', verdict, ' by ', span(policyText(read.policy), 'name'))
  return line('authorization ', verdict)
}

/** Filters that let everything pass tell nothing, unless they judged. */
function isMinor({level, decided, passedOver}: Step, {direction}: ProxyHop): boolean {
  if (minorLevels.has(level)) return true
  // Istio's own virtual host and route before an app choose nothing.
  if (direction === 'inbound' && passedOver.length === 0 && (level === 'virtual host' || level === 'route')) return true
  const read = level === 'http filter' && decided !== null ? readFilterVerdict(decided) : null
  return read !== null && read.verdict === 'goes on'
}

/** Levels of filters, whose decision is told as what they did. */
const filterLevels = new Set(['rbac', 'http filter', 'network filter'])

/** Levels whose resource names the object that it was made from. */
const named = new Set(['route', 'cluster'])

type Phrase = Pick<Sentence, 'topic' | 'subject' | 'what'>

/** Nothing was chosen: with the listener where it was its chains that did not fit. */
function noneFits({level, passedOver}: Step, hop: ProxyHop, failed: boolean): Phrase {
  if (level === 'tls') {
    const why = passedOver[0] === undefined ? '' : ` (${sayFails(passedOver[0].check)})`
    return {topic: level, subject: 'fails', what: line('TLS handshake: ', span('fails', failed ? 'bad' : 'plain'), why)}
  }
  const none = passedOver.length === 0 ? 'none' : `none of ${passedOver.length} fits`
  const listener = level === 'filter chain' ? `listener ${hop.listener ?? '?'}, ` : ''
  return {topic: level, subject: 'none', what: line(`${listener}${level}: `, span(none, failed ? 'bad' : 'plain'))}
}

/** What was chosen, in the words of its level. */
function chosen(step: Step, subject: string, hop: ProxyHop, madeBy: string | null): Phrase {
  const {level} = step
  if (level === 'filter chain') {
    const listener = hop.listener ?? '?'
    // A MOSN has one chain, so that its number tells nothing.
    if (hop.proxy === 'mosn')
      return {topic: 'listener', subject: listener, what: line('listener ', span(listener, 'name'))}
    const what = line('listener ', span(listener, 'name'), ', chain ', span(subject, 'name'))
    return {topic: 'listener', subject: `${listener}, chain ${subject}`, what}
  }
  const judged = filterLevels.has(level) ? readFilterVerdict(subject) : null
  const what = words[level]?.(subject, step, madeBy) ?? line(`${level} `, span(subject, 'name'))
  return judged !== null && isAuthorization(judged)
    ? {topic: 'authorization', subject: judged.verdict, what}
    : {topic: level, subject, what}
}

/** What dumps prove of a registry's answer, and apart from it what they do not. */
function sayProof(because: Step['because']): string {
  const words = (holds: boolean) =>
    because
      .filter((each) => (each.holds === 'yes') === holds)
      .map(({field}) => field)
      .join(', ')
  const [proved, open] = [words(true), words(false)]
  return [proved === '' ? null : `proved: ${proved}`, open === '' ? null : `not proved: ${open}`]
    .filter((part) => part !== null)
    .join('; ')
}

/** The policy that an authorization filter was decided by, where Istio made its name. */
function policyObject({level, decided}: Step): string | null {
  const policy = filterLevels.has(level) && decided !== null ? readFilterVerdict(decided)?.policy : null
  const named = policy == null ? null : readPolicyName(policy)
  return named === null ? null : `AuthorizationPolicy ${named.policy}`
}

/** What one step of a proxy decided. */
export function tellStep(step: Step, hop: ProxyHop, facts: CaptureFacts): Sentence {
  const {level, decided, because, at} = step
  const member = members[level]?.(hop) ?? null
  const subject = level === 'endpoint' || level === 'filter chain' ? (member ?? decided) : (decided ?? member)
  const failed = subject === null && hop.outcome.kind !== 'forwarded' && level !== 'hand-off'
  const object = named.has(level) && subject !== null ? istioObject(facts.source?.(at, hop)) : policyObject(step)
  return {
    ...(subject === null ? noneFits(step, hop, failed) : chosen(step, subject, hop, object)),
    why: null,
    beside:
      level === 'registry'
        ? sayProof(because)
        : sayBecause(because.filter(({want, got}) => want !== got || want !== subject)),
    failed,
    minor: !failed && isMinor(step, hop),
    madeBy: object === null ? null : withFile(object, facts),
    step,
    at,
  }
}
