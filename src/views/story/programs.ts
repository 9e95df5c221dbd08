import type {Check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {NetnsHop} from '../../trace/trace.js'
import {line, span} from '../styled.js'
import {sayRule} from './rule-words.js'
import type {Sentence} from './story.js'

const isProgram = ({level}: Step): boolean => level === 'eBPF program'

interface Deed {
  subject: string
  words: string
  failed: boolean
  /** It prepares for something that is told by itself. */
  minor: boolean
}

/** What a program decided, in words. */
function deed(step: Step, hop: NetnsHop): Deed {
  const [verb = '', ...rest] = (step.decided ?? '').split(' ')
  const told = {failed: false, minor: false}
  switch (verb) {
    case 'redirect': {
      const to = rest.slice(1).join(' ')
      const whose = hop.crossing === 'app-to-proxy' || hop.crossing === 'wire-to-proxy' ? ', its own Envoy' : ''
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
    case 'pass':
      return {...told, subject: 'socket map', words: 'its socket is not put into the socket map', minor: true}
    case 'no':
      return {...told, subject: 'no answer', words: 'the original destination is not known to it', minor: true}
    case 'keep':
      return {
        subject: 'kept back',
        words: 'the original destination is kept back: the sidecar closes this first connection to its own pod',
        failed: true,
        minor: false,
      }
    case 'refuse':
      return {subject: 'refused', words: 'the call is refused', failed: true, minor: false}
    default:
      return {...told, subject: 'left alone', words: 'left alone', minor: hop.ebpf?.redirectedTo !== null}
  }
}

/** Why a program decided so, in words that need no knowledge of its maps. */
export function sayProgram(step: Step): string | null {
  const said = step.because.map(sayCheck)
  return said.includes(null) ? sayRule(step) : said.join(', ')
}

function sayCheck({field, want, got}: Check): string | null {
  switch (field) {
    case 'cgroup_info_map in_mesh':
      return `its container counts as not in the mesh (${got})`
    case 'pod ip':
      return want === 'known' ? `the address of its pod is ${got}` : 'the address of its pod is not known'
    case 'uid':
      return want.startsWith('!') ? `not by uid ${want.slice(1)}` : `by uid ${want}`
    case 'local_pod_ips':
      return 'to no pod of this node'
    case 'process_ip':
      return got === '(not learnt)' ? 'its pod is not learnt yet' : `its pod is learnt: ${got}`
    case 'sock_pair_map':
      return 'both sockets are in the socket map'
    case 'dport':
      return want.startsWith('!') ? `to another port than ${want.slice(1)}` : `to port ${want}`
    default:
      return /^(ex|in)clude_/.test(field) ? `${field.replaceAll('_', ' ')} ${want.replace(/^!/, '')}` : null
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
      why: sayProgram(step),
      beside: step.at,
      failed,
      minor,
      madeBy: null,
      step,
      at: null,
    }
  })

/** The program that let a connection go where the app said, or null. */
export const leavingProgram = ({ebpf, steps}: NetnsHop): Step | null =>
  ebpf === undefined || ebpf.redirectedTo !== null
    ? null
    : (steps.find((step) => isProgram(step) && step.decided === 'leave') ?? null)
