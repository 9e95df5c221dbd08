import type {Step} from '../../decision/step.js'
import type {ProxyHop} from '../../trace/trace.js'
import {type Line, line, span} from '../styled.js'
import {sayBecause} from './check.js'
import type {Sentence} from './story.js'

const chainIndex = (index: number): string => (index === -1 ? 'the default chain' : `number ${index + 1}`)

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

/** Where the winner stood among its candidates; they are tried in order. */
function position({passedOver}: Step): string {
  const before = passedOver.filter(({check}) => check.holds !== 'yes').length
  return passedOver.length === 0 ? '' : `, ${ordinal(before + 1)} of ${passedOver.length + 1}`
}

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
])

/** Levels with words of their own; all others are told by name. */
const words: Record<string, (subject: string, step: Step) => Line> = {
  route: (subject, step) => line('route ', span(subject, 'name'), position(step)),
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

function filterLine(decided: string): Line {
  const read = readFilterVerdict(decided)
  if (read === null || !isAuthorization(read)) return line('filter ', span(decided, 'name'))
  const verdict = span(read.verdict, read.verdict.startsWith('den') ? 'bad' : 'plain')
  if (read.policy !== null) return line('authorization ', verdict, ' by ', span(read.policy, 'name'))
  return line('authorization ', verdict)
}

/** Filters that let everything pass tell nothing, unless they judged. */
function isMinor({level, decided}: Step): boolean {
  if (minorLevels.has(level)) return true
  const read = level === 'http filter' && decided !== null ? readFilterVerdict(decided) : null
  return read !== null && read.verdict === 'goes on'
}

/** What one step of a proxy decided. */
export function tellStep(step: Step, hop: ProxyHop): Sentence {
  const {level, decided, because, passedOver, at} = step
  const member = members[level]?.(hop) ?? null
  const subject = level === 'endpoint' || level === 'filter chain' ? (member ?? decided) : (decided ?? member)
  const failed = subject === null || because.some(({holds}) => holds === 'no')
  const none = passedOver.length === 0 ? 'none' : `none of ${passedOver.length} fits`
  const tell = words[level]
  return {
    topic: level,
    subject: subject ?? 'none',
    what:
      subject === null
        ? line(`${level}: `, span(none, 'bad'))
        : (tell?.(subject, step) ?? line(`${level} `, span(subject, 'name'))),
    why: null,
    beside: sayBecause(because.filter(({want, got}) => want !== got || want !== subject)),
    failed,
    minor: !failed && isMinor(step),
    step,
    at,
  }
}
