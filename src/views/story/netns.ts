import type {Step} from '../../decision/step.js'
import type {Packet} from '../../netfilter/packet.js'
import type {Crossing, NetnsHop, NodeHop} from '../../trace/trace.js'
import {line, span} from '../styled.js'
import {socketText} from './names.js'
import {tellPrograms} from './programs.js'
import {sayRule, tellingStep} from './rule-words.js'
import type {Sentence} from './story.js'

/** Who sends and who takes, for each passage through a pod's network namespace. */
export const crossingWords: Record<Crossing, string> = {
  'app-to-proxy': 'app to Envoy',
  'app-to-wire': 'app to wire',
  'app-to-app': 'app to app',
  'app-to-agent': "app to Istio's agent",
  'proxy-to-wire': 'Envoy to wire',
  'proxy-to-proxy': 'Envoy to itself',
  'proxy-to-app': 'Envoy to app',
  'wire-to-proxy': 'wire to Envoy',
  'wire-to-app': 'wire to app',
}

type Ruled = NetnsHop | NodeHop

/** Where rules sent it, rather than eBPF programs. */
const redirectedByRules = (hop: Ruled): string | null =>
  hop.place === 'netns' && hop.ebpf?.redirectedTo === hop.redirectedTo ? null : hop.redirectedTo

const destination = ({dst, dport}: Packet): string => socketText(dst, dport ?? null)

function whatHappens(hop: Ruled): {subject: string; words: string; failed: boolean} {
  const byRules = redirectedByRules(hop)
  switch (hop.verdict) {
    case 'drop':
      return {subject: 'DROP', words: 'dropped without an answer', failed: true}
    case 'reject':
      return {subject: 'REJECT', words: 'rejected', failed: true}
    case 'unknown':
      return {subject: 'not known', words: 'not known: a rule cannot be decided from the snapshot', failed: true}
    case 'accept':
      if (byRules !== null) return {subject: `to ${byRules}`, words: `redirected to ${byRules}`, failed: false}
      return hop.rules.length === 0
        ? {subject: 'no rule', words: `no rule fits ${destination(hop.entered)}`, failed: false}
        : {subject: 'left alone', words: 'left alone', failed: false}
  }
}

/** Who receives what was redirected: said, because port numbers tell a newcomer nothing. */
function receiver(hop: Ruled): string {
  if (hop.place !== 'netns' || redirectedByRules(hop) === null) return ''
  return hop.crossing.endsWith('to-proxy') ? ', its own Envoy' : ''
}

/** Numbers of users tell a newcomer nothing: who it is, where the passage says it. */
const itself = (hop: Ruled, {because}: Step): string =>
  hop.place === 'netns' &&
  hop.crossing.startsWith('proxy') &&
  because.some(({field}) => /^(owner|skuid|skgid)$/.test(field))
    ? ', the Envoy itself'
    : ''

/** On an open connection: the entry that its first packet left, and the rules of other tables. */
function tellKnown(hop: Ruled): Sentence[] {
  const passed = hop.verdict === 'accept' && hop.redirectedTo === null
  const {subject, words, failed} = passed
    ? {subject: 'left alone', words: 'left alone', failed: false}
    : whatHappens(hop)
  const rule = hop.rules.at(-1) ?? null
  const entry = hop.steps.find(({level}) => level === 'conntrack') ?? null
  return [
    {
      topic: 'rules',
      subject,
      what: line(span(words, failed ? 'bad' : 'plain'), receiver(hop)),
      why: 'an open connection: its conntrack entry leads, no nat rule is asked',
      beside: rule ?? 'conntrack',
      failed,
      minor: false,
      madeBy: null,
      step: rule === null ? entry : tellingStep(hop.steps, false),
      at: rule,
    },
  ]
}

/** What the programs and the rules of a pod or node do with the connection. Where programs decided, rules that fit nothing are not told. */
export function tellRules(hop: Ruled): Sentence[] {
  const programs = hop.place === 'netns' && hop.ebpf !== undefined ? tellPrograms(hop) : []
  if (programs.length > 0 && hop.rules.length === 0 && hop.verdict === 'accept') return programs
  return [...programs, ...tellNetfilter(hop)]
}

/** The step that tells why, and the name of its rule. */
export function redirection(hop: Ruled): {step: Step | null; rule: string | null} {
  const step = tellingStep(hop.steps, redirectedByRules(hop) !== null)
  return {step, rule: step?.level === 'rule' ? step.at : (hop.rules.at(-1) ?? null)}
}

function tellNetfilter(hop: Ruled): Sentence[] {
  if (hop.entered.ctstate === 'ESTABLISHED') return tellKnown(hop)
  const {subject, words, failed} = whatHappens(hop)
  const {step, rule} = redirection(hop)
  return [
    {
      topic: 'rules',
      subject,
      what: line(span(words, failed ? 'bad' : 'plain'), receiver(hop)),
      why: step === null ? null : `${sayRule(step, hop.steps) ?? ''}${itself(hop, step)}` || null,
      beside: rule,
      failed,
      minor: false,
      madeBy: null,
      step,
      at: rule ?? step?.at ?? null,
    },
  ]
}
