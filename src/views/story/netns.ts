import type {Step} from '../../decision/step.js'
import type {Packet} from '../../netfilter/packet.js'
import type {Crossing, NetnsHop, NodeHop} from '../../trace/trace.js'
import {line, span} from '../styled.js'
import {sayBecause} from './check.js'
import {socketText} from './names.js'
import type {Sentence} from './story.js'

/** Who sends and who takes, for each passage through a pod's network namespace. */
export const crossingWords: Record<Crossing, string> = {
  'app-to-proxy': 'app to Envoy',
  'app-to-wire': 'app to wire',
  'app-to-app': 'app to app',
  'proxy-to-wire': 'Envoy to wire',
  'proxy-to-proxy': 'Envoy to itself',
  'proxy-to-app': 'Envoy to app',
  'wire-to-proxy': 'wire to Envoy',
  'wire-to-app': 'wire to app',
}

type Ruled = NetnsHop | NodeHop

const destination = ({dst, dport}: Packet): string => socketText(dst, dport ?? null)

/** Rules that only send on to another chain (`OUTPUT` to `ISTIO_OUTPUT`) tell less than the last one, which ended it. */
const lastRule = ({rules}: Ruled): string | null => rules.at(-1) ?? null

/** The step that tells most of why: the last one that compared something. */
const tellingStep = (steps: readonly Step[]): Step | null =>
  steps.findLast((step) => step.because.length > 0 || step.passedOver.length > 0) ?? steps.at(-1) ?? null

/** The rules that were tried before and did not fit, in a few words. */
function sayPassedOver(step: Step | null): string | null {
  const names = step?.passedOver
    .filter(({check}) => check.holds !== 'yes')
    .map(({check}) => `${check.field} ${check.want}`)
  if (names === undefined || names.length === 0) return null
  const different = [...new Set(names)]
  const shown = different.slice(0, 4).join(', ')
  return different.length > 4 ? `not ${shown} and ${different.length - 4} more` : `not ${shown}`
}

function whatHappens(hop: Ruled): {subject: string; words: string; failed: boolean} {
  switch (hop.verdict) {
    case 'drop':
      return {subject: 'DROP', words: 'dropped without an answer', failed: true}
    case 'reject':
      return {subject: 'REJECT', words: 'rejected', failed: true}
    case 'unknown':
      return {subject: 'not known', words: 'not known: a rule cannot be decided from the snapshot', failed: true}
    case 'accept':
      if (hop.redirectedTo !== null)
        return {subject: `to ${hop.redirectedTo}`, words: `redirected to ${hop.redirectedTo}`, failed: false}
      return hop.rules.length === 0
        ? {subject: 'no rule', words: `no rule fits ${destination(hop.entered)}`, failed: false}
        : {subject: 'left alone', words: 'left alone', failed: false}
  }
}

/** Who receives what was redirected: said, because port numbers tell a newcomer nothing. */
function receiver(hop: Ruled): string {
  if (hop.place !== 'netns' || hop.redirectedTo === null) return ''
  return hop.crossing.endsWith('to-proxy') ? ', its own Envoy' : ''
}

/** What the rules of a pod or node do with the connection. */
export function tellRules(hop: Ruled): Sentence[] {
  const {subject, words, failed} = whatHappens(hop)
  const step = tellingStep(hop.steps)
  const because = step === null ? null : sayBecause(step.because)
  return [
    {
      topic: 'rules',
      subject,
      what: line(span(words, failed ? 'bad' : 'plain'), receiver(hop)),
      why: because ?? sayPassedOver(step),
      beside: lastRule(hop),
      failed,
      minor: false,
      step,
      at: lastRule(hop) ?? step?.at ?? null,
    },
  ]
}
