import type {Step} from '../../decision/step.js'
import type {ProxyHop} from '../../trace/trace.js'
import type {UpstreamTransport} from '../../xds/match/result.js'
import {line, span} from '../styled.js'
import {sayBecause} from './check.js'
import type {Sentence} from './story.js'

/** Says a member of the hop that a step decided, or null where the step's own name says it all. */
const subjects: Record<string, (hop: ProxyHop) => string | null> = {
  listener: (hop) => hop.listener,
  'filter chain': (hop) => hop.filterChain && (hop.filterChain.name ?? chainIndex(hop.filterChain.index)),
  'route configuration': (hop) => hop.routeConfig,
  'virtual host': (hop) => hop.virtualHost,
  route: (hop) => hop.route && (hop.route.name ?? `number ${hop.route.index + 1}`),
  cluster: (hop) => hop.cluster,
  endpoint: (hop) => hop.endpoint,
}

const chainIndex = (index: number): string => (index === -1 ? 'the default chain' : `number ${index + 1}`)

const ordinal = (count: number): string => {
  const rest = count % 100
  const suffix = rest > 10 && rest < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')
  return `${count}${suffix}`
}

/** Where the winner stood among its candidates. */
function position(step: Step): string {
  const before = step.passedOver.filter(({check}) => check.holds !== 'yes').length
  const all = step.passedOver.length + 1
  return all === 1 ? '' : `, ${ordinal(before + 1)} of ${all}`
}

function tellStep(step: Step, hop: ProxyHop): Sentence {
  const subject = step.decided ?? subjects[step.level]?.(hop) ?? null
  const counted = step.level === 'route' && subject !== null ? position(step) : ''
  const what =
    subject === null
      ? line(`${step.level}: `, span(`none of ${step.passedOver.length} fits`, 'bad'))
      : line(`${step.level} `, span(subject, 'name'), counted)
  return {
    topic: step.level,
    subject: subject ?? 'none',
    what,
    why: null,
    beside: sayBecause(step.because),
    failed: subject === null,
    step,
    at: step.at,
  }
}

const plainSentence = (topic: string, subject: string, beside: string | null = null): Sentence => ({
  topic,
  subject,
  what: line(`${topic} `, span(subject, 'name')),
  why: null,
  beside,
  failed: false,
  step: null,
  at: null,
})

/** Members that no step explains are shown all the same. */
function untold(hop: ProxyHop, told: ReadonlySet<string>): Sentence[] {
  return Object.entries(subjects)
    .filter(([topic]) => !told.has(topic) && topic !== 'route configuration')
    .flatMap(([topic, subject]) => {
      const name = subject(hop)
      return name === null ? [] : [plainSentence(topic, name)]
    })
}

const withEndpoints = (hop: ProxyHop): string | null => {
  if (hop.endpoint === null) return null
  const share = hop.endpoints.find(({address}) => address === hop.endpoint)
  const health = share === undefined || share.health === 'HEALTHY' ? '' : `, ${share.health.toLowerCase()}`
  return hop.endpoints.length === 0 ? null : `1 of ${hop.endpoints.length}${health}`
}

/** What goes on the wire, and as whom. */
export function sayTransport(transport: UpstreamTransport): {subject: string; words: string} {
  switch (transport.kind) {
    case 'plaintext':
      return {subject: 'plaintext', words: 'plaintext, without an identity'}
    case 'tls': {
      const identity = transport.identity[0]
      if (identity !== undefined) return {subject: 'mTLS', words: `mTLS as ${identity}`}
      const certificate =
        transport.certificate === null ? 'no client certificate' : `certificate ${transport.certificate}`
      return {subject: 'TLS', words: `TLS, ${certificate}`}
    }
    case 'unmodelled':
      return {subject: 'not known', words: `a transport that sidetrace does not know: ${transport.type}`}
  }
}

function tellTransport(hop: ProxyHop): Sentence[] {
  // Towards its own app a sidecar speaks plaintext by design; only the wire is worth a line.
  if (hop.transport === null || hop.direction === 'inbound' || hop.outcome.kind !== 'forwarded') return []
  const {subject, words} = sayTransport(hop.transport)
  const at = hop.transport.kind === 'plaintext' ? null : hop.transport.at
  return [{topic: 'transport', subject, what: line(words), why: null, beside: null, failed: false, step: null, at}]
}

function tellRewrite(hop: ProxyHop): Sentence[] {
  const {authority = null, path = null} = hop.rewritten ?? {}
  const parts = [...(authority === null ? [] : [`host ${authority}`]), ...(path === null ? [] : [`path ${path}`])]
  if (parts.length === 0) return []
  return [
    {...plainSentence('rewritten', parts.join(', ')), what: line('sent on with ', span(parts.join(', '), 'name'))},
  ]
}

function tellOutcome(hop: ProxyHop): Sentence[] {
  const {kind, status, details} = hop.outcome
  const words = {
    forwarded: null,
    responded: `answers ${status ?? 'by itself'}`,
    reset: 'closes the connection',
    'no-listener': 'no listener for this address',
    unknown: 'cannot be told from the snapshot',
  }[kind]
  if (words === null) return []
  const step = hop.steps.at(-1) ?? null
  return [
    {
      topic: 'outcome',
      subject: words,
      what: line(span(words, kind === 'unknown' ? 'warn' : 'bad')),
      why: null,
      beside: details,
      failed: true,
      step,
      at: step?.at ?? null,
    },
  ]
}

/** What an Envoy does with it, decision by decision. */
export function tellProxy(hop: ProxyHop): Sentence[] {
  const told = new Set(hop.steps.map((step) => step.level))
  const steps = hop.steps.map((step) => tellStep(step, hop))
  const endpoint = withEndpoints(hop)
  return [
    ...steps.map((sentence) =>
      sentence.topic === 'endpoint' && endpoint !== null ? {...sentence, beside: endpoint} : sentence,
    ),
    ...untold(hop, told).map((sentence) =>
      sentence.topic === 'endpoint' ? {...sentence, beside: endpoint} : sentence,
    ),
    ...tellTransport(hop),
    ...tellRewrite(hop),
    ...tellOutcome(hop),
  ]
}
