import type {ProxyHop} from '../../trace/trace.js'
import type {UpstreamTransport} from '../../xds/match/result.js'
import {line, span} from '../styled.js'
import {members, tellStep} from './proxy-step.js'
import type {CaptureFacts, Sentence} from './story.js'

const plainSentence = (topic: string, subject: string): Sentence => ({
  topic,
  subject,
  what: line(`${topic} `, span(subject, 'name')),
  why: null,
  beside: null,
  failed: false,
  minor: topic === 'endpoint',
  madeBy: null,
  step: null,
  at: null,
})

/** Members that no step explains are shown all the same. */
const unexplained = (hop: ProxyHop): Sentence[] => {
  const told = new Set(hop.steps.map((step) => step.level))
  // Where this Envoy answered itself, a cluster that was named is one that was not asked.
  const reached = (topic: string): boolean =>
    hop.outcome.kind === 'forwarded' || (topic !== 'cluster' && topic !== 'endpoint')
  return Object.entries(members)
    .filter(([topic]) => !told.has(topic) && reached(topic))
    .flatMap(([topic, member]) => {
      const name = member(hop)
      return name === null ? [] : [plainSentence(topic, name)]
    })
}

/** The endpoint of this way among those that could be chosen. */
function endpointText({endpoint, endpoints}: ProxyHop): string | null {
  if (endpoint === null) return null
  const share = endpoints.find(({address}) => address === endpoint)
  const health = share === undefined || share.health === 'HEALTHY' ? '' : `, ${share.health.toLowerCase()}`
  return endpoints.length === 0 ? endpoint : `${endpoint} (1 of ${endpoints.length}${health})`
}

/** Cluster and endpoint are one line, and so are a cluster and the chance that led to it. */
function joined(sentences: readonly Sentence[], hop: ProxyHop): Sentence[] {
  const lastCluster = sentences.findLastIndex(({topic}) => topic === 'cluster')
  const endpoint = endpointText(hop)
  const hasChain = hop.steps.some(({level}) => level === 'filter chain')
  const chance = sentences.find(({topic}) => topic === 'cluster of the route')
  return sentences.map((sentence, index) => {
    const again = sentence.topic === 'tcp proxy' && sentence.subject === hop.cluster
    if (again || sentence.topic === 'cluster of the route') return {...sentence, minor: !sentence.failed}
    // The chain's line names the listener; without one the listener has to be told by itself.
    if (!hasChain && (sentence.topic === 'listener' || sentence.topic === 'hand-off'))
      return {...sentence, minor: false}
    if (index !== lastCluster) return sentence
    const why = chance?.beside ?? null
    return {
      ...sentence,
      beside: endpoint ?? sentence.beside,
      why: why === null || why.startsWith('cluster') ? null : why,
    }
  })
}

/** What goes on the wire, and as whom. */
export function sayTransport(transport: UpstreamTransport): {subject: string; words: string} {
  switch (transport.kind) {
    case 'plaintext':
      return {subject: 'plaintext', words: 'plaintext, without an identity'}
    case 'tls': {
      const identity = transport.identity[0]
      if (identity !== undefined) return {subject: `mTLS as ${identity}`, words: `mTLS as ${identity}`}
      const certificate =
        transport.certificate === null ? 'no client certificate' : `certificate ${transport.certificate}`
      return {subject: `TLS, ${certificate}`, words: `TLS, ${certificate}`}
    }
    case 'unmodelled':
      return {subject: 'not known', words: `a transport that sidetrace does not know: ${transport.type}`}
  }
}

function tellTransport(hop: ProxyHop): Sentence[] {
  // Towards its own app a sidecar speaks plaintext by design; only the wire is worth a line.
  if (hop.transport === null || hop.direction === 'inbound') return []
  const {subject, words} = sayTransport(hop.transport)
  const at = hop.transport.kind === 'plaintext' ? null : hop.transport.at
  return [{...plainSentence('transport', subject), what: line(words), at}]
}

function tellRewrite(hop: ProxyHop): Sentence[] {
  const {authority = null, path = null} = hop.rewritten ?? {}
  const parts = [...(authority === null ? [] : [`host ${authority}`]), ...(path === null ? [] : [`path ${path}`])]
  if (parts.length === 0) return []
  return [
    {...plainSentence('rewritten', parts.join(', ')), what: line('sent on with ', span(parts.join(', '), 'name'))},
  ]
}

/** Facts beside the way that change what else happens; the others are for who looks closely. */
const loudNotes: Record<string, string> = {mirror: 'a copy goes to', 'shadow rbac': 'shadow policy', waits: ''}

const tellNotes = ({notes}: ProxyHop): Sentence[] =>
  notes.map(({kind, text, at}) => ({
    ...plainSentence(kind, text),
    what: line(`${loudNotes[kind] ?? kind} `.trimStart(), span(text, 'name')),
    minor: loudNotes[kind] === undefined,
    at,
  }))

function tellOutcome(hop: ProxyHop): Sentence[] {
  const {kind, status, details} = hop.outcome
  const waits = hop.notes.some((note) => note.kind === 'waits')
  const words = {
    forwarded: null,
    responded: `answers ${status ?? 'by itself'}`,
    reset: 'closes the connection',
    'no-listener': 'has no listener for this address',
    unknown: waits ? 'waits for bytes that do not come' : 'cannot be told from the snapshot',
  }[kind]
  if (words === null) return []
  const step = hop.steps.at(-1) ?? null
  return [
    {
      ...plainSentence('outcome', words),
      what: line(span(words, kind === 'unknown' ? 'warn' : 'bad')),
      beside: details,
      failed: true,
      step,
      at: step?.at ?? null,
    },
  ]
}

/** What an Envoy does with it, decision by decision. */
export function tellProxy(hop: ProxyHop, facts: CaptureFacts): Sentence[] {
  const decided = [...hop.steps.map((step) => tellStep(step, hop, facts)), ...unexplained(hop)]
  return [...joined(decided, hop), ...tellTransport(hop), ...tellRewrite(hop), ...tellNotes(hop), ...tellOutcome(hop)]
}
