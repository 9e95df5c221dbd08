import type {NameSource, Resolution} from '../../trace/resolution.js'
import {type Line, line, span} from '../styled.js'
import {redirection} from './netns.js'
import type {Sentence} from './story.js'

const sources: Record<NameSource, string> = {
  'hosts file': 'the hosts file of the pod',
  envoy: "the pod's own Envoy",
  'dns proxy': "Istio's DNS proxy in the pod",
  'dns server': 'the DNS server',
}

const sentence = (what: Line, more: Partial<Sentence>): Sentence => ({
  topic: 'name',
  subject: '',
  what,
  why: null,
  beside: null,
  failed: false,
  minor: true,
  madeBy: null,
  step: null,
  at: null,
  ...more,
})

/** The way of the query: where the pod's rules sent it. */
function tellQuery({hops, answeredAt}: Resolution): Sentence[] {
  const [first] = hops
  if (first === undefined) return []
  const stopped = first.verdict !== 'accept'
  const who = answeredAt?.process == null ? '' : `, ${answeredAt.process}`
  const words = stopped
    ? `the DNS query is ${first.verdict === 'drop' ? 'dropped' : 'rejected'}`
    : first.redirectedTo === null
      ? `asks ${answeredAt?.address ?? first.entered.dst} for the name`
      : `the DNS query is redirected to ${first.redirectedTo}${who}`
  const {step, rule} = redirection(first)
  return [
    sentence(line(span(words, stopped ? 'bad' : 'plain')), {
      subject: words,
      beside: rule,
      step,
      at: rule,
      minor: !stopped,
    }),
  ]
}

/** How a name became an address. Told in short only where that decided something: an address that is not the host's own, or none. */
export function tellResolution(resolution: Resolution | undefined): Sentence[] {
  if (resolution === undefined) return []
  const {host, found, by, addresses, autoAllocated, steps, assumptions} = resolution
  const [step = null] = steps
  const tried = (step?.passedOver ?? []).map(({at, name}) => name ?? at)
  const supposed = assumptions
    .filter(({about}) => about.startsWith('resolv.conf'))
    .map(({about, assumed}) => sentence(line(`supposing ${about}: ${assumed}`), {subject: about}))
  if (by === null || found === null)
    return [
      ...supposed,
      ...tellQuery(resolution),
      sentence(line(span('finds no address for ', 'bad'), span(host, 'name')), {
        subject: 'none',
        why: tried.length < 2 ? null : `asked for ${tried.join(', ')}`,
        failed: true,
        minor: false,
        step,
        at: step?.at ?? null,
      }),
    ]
  const called = found === host.toLowerCase() ? '' : ` (as ${found})`
  const made = autoAllocated ? ', an address that Istio made up for it' : ''
  const words = `${host}${called} is ${addresses.join(', ')}${made}`
  return [
    ...supposed,
    ...tellQuery(resolution),
    sentence(line(words), {subject: words, beside: sources[by], minor: !autoAllocated, step, at: step?.at ?? null}),
  ]
}
