import type {Step} from '../../decision/step.js'
import type {NetnsHop} from '../../trace/trace.js'
import {line, span} from '../styled.js'
import {sayRule} from './rule-words.js'
import type {Sentence} from './story.js'

const isProgram = ({level}: Step): boolean => level === 'eBPF program'

/** What a program decided, in words. `minor`: it prepares for something that is told by itself. */
function deed(step: Step, hop: NetnsHop): {subject: string; words: string; failed: boolean; minor: boolean} {
  const decided = step.decided ?? ''
  const [verb = '', ...rest] = decided.split(' ')
  const told = {failed: false, minor: false}
  switch (verb) {
    case 'redirect': {
      const to = rest.slice(1).join(' ')
      const whose = hop.crossing.startsWith('app-to-proxy') || hop.crossing === 'wire-to-proxy' ? ', its own Envoy' : ''
      return {...told, subject: `to ${to}`, words: `redirected to ${to}${whose}`}
    }
    case 'answer':
      return {
        ...told,
        subject: rest.join(' '),
        words: `Envoy is told that it was meant for ${rest.join(' ')}`,
        minor: true,
      }
    case 'hand':
      return {...told, subject: 'socket to socket', words: 'bytes go from socket to socket, past the network stack'}
    case 'join':
      return {...told, subject: 'socket map', words: 'its socket is put into the socket map', minor: true}
    case 'keep':
      return {
        subject: 'kept back',
        words: 'a connection to its own pod: the original destination is kept back',
        failed: true,
        minor: false,
      }
    case 'refuse':
      return {subject: 'refused', words: 'the call is refused', failed: true, minor: false}
    default:
      return {...told, subject: 'left alone', words: 'left alone', minor: hop.ebpf?.redirectedTo !== null}
  }
}

/** What eBPF programs did in a passage, in the order in which they run. */
export const tellPrograms = (hop: NetnsHop): Sentence[] =>
  hop.steps.filter(isProgram).map((step) => {
    const {subject, words, failed, minor} = deed(step, hop)
    return {
      topic: 'programs',
      subject,
      what: line(span(words, failed ? 'bad' : 'plain')),
      why: sayRule(step),
      beside: step.at,
      failed,
      minor,
      madeBy: null,
      step,
      at: null,
    }
  })
