import type {Answerer, Outcome} from '../../trace/trace.js'
import {type Line, line, span, type Tone} from '../styled.js'
import {podName, proxyName} from './names.js'

const whoAccepts = (by: Answerer | null): string => {
  if (by === null) return 'an unnamed host'
  const address = by.address === null ? '' : by.address
  if (by.pod === null) return `${address} outside the snapshot`
  return `${podName(by.pod)}${address === '' ? '' : `, ${address}`}`
}

const nameOf = ({proxy}: Answerer): string => proxyName(proxy)
const anEnvoy = (by: Answerer): string => (by.proxy === 'mosn' ? 'a MOSN' : 'an Envoy')

const whoDecides = (by: Answerer | null): string => {
  if (by === null) return ''
  const pod = by.pod === null ? null : podName(by.pod)
  switch (by.place) {
    case 'proxy':
      return pod === null ? ` by ${anEnvoy(by)}` : ` by the ${nameOf(by)} of ${pod}`
    case 'netns':
      return pod === null ? ' by a rule' : ` by a rule in the pod ${pod}`
    case 'node':
      return ' by a rule of the node'
    default:
      return pod === null
        ? by.address === null
          ? ''
          : ` at ${by.address}`
        : ` at ${pod}${by.address === null ? '' : `, ${by.address}`}`
  }
}

/** The word for an answer that an Envoy gives itself. */
function respondedWord({status, details}: Outcome): string {
  if (details?.startsWith('rbac_access_denied') === true || status === 401 || status === 403) return 'DENIED'
  if (status !== null && status >= 500) return 'FAILED'
  return 'ANSWERED'
}

interface Headline {
  word: string
  rest: string
  tone: Tone
}

export function headline(outcome: Outcome): Headline {
  const {by} = outcome
  switch (outcome.kind) {
    case 'delivered':
      return {word: 'DELIVERED', rest: ` to ${whoAccepts(by)}`, tone: 'good'}
    case 'responded':
      return {
        word: respondedWord(outcome),
        rest: `${outcome.status === null ? '' : ` with ${outcome.status}`}${whoDecides(by)}`,
        tone: 'bad',
      }
    case 'reset':
      return {word: 'CLOSED', rest: `: the connection is reset${whoDecides(by)}`, tone: 'bad'}
    case 'refused':
      return {word: 'REFUSED', rest: `: nothing listens${whoDecides(by)}`, tone: 'bad'}
    case 'unreachable':
      if (outcome.details?.startsWith('name_not_resolved') === true)
        return {word: 'UNREACHABLE', rest: ': the name resolves to no address', tone: 'bad'}
      if (by?.place === 'node' || by?.place === 'netns')
        return {word: 'UNREACHABLE', rest: `: the ${by.place === 'node' ? 'node' : 'pod'} has no route`, tone: 'bad'}
      return {word: 'UNREACHABLE', rest: `: no answer to the connection attempt${whoDecides(by)}`, tone: 'bad'}
    case 'dropped':
      return {word: 'DROPPED', rest: whoDecides(by), tone: 'bad'}
    case 'rejected':
      return {word: 'REJECTED', rest: whoDecides(by), tone: 'bad'}
    case 'timeout':
      return {word: 'HANGS', rest: `${whoDecides(by).replace(/^ by /, ' at ')}: nobody speaks first`, tone: 'bad'}
    case 'loop':
      return {
        word: 'LOOP',
        rest: `: the traffic comes back to the ${by === null ? 'proxy' : nameOf(by)} that sent it${whoDecides(by)}`,
        tone: 'bad',
      }
    case 'unknown':
      return {word: 'NOT KNOWN', rest: whoDecides(by), tone: 'warn'}
  }
}

export const headlineLine = (outcome: Outcome): Line => {
  const {word, rest, tone} = headline(outcome)
  return line(span(word, tone), span(rest, 'strong'))
}

/** The end in a few words: `reviews-v1-... 10.10.0.14:9080`, `DENIED 403`. */
export function ending(outcome: Outcome): string {
  if (outcome.kind === 'delivered') return whoAccepts(outcome.by).replace(', ', ' ')
  return `${headline(outcome).word}${outcome.status === null ? '' : ` ${outcome.status}`}${whoDecides(outcome.by)}`
}

/** Response flags and details, as access logs show them; null where there are none. */
export function evidence({responseFlags, details}: Outcome): string | null {
  const flags = responseFlags === '-' || responseFlags === '' ? null : `response flags ${responseFlags}`
  const parts = [flags, details === null ? null : `details ${details}`].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}
