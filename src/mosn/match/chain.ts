import type {Assumption} from '../../decision/assumption.js'
import type {Step} from '../../decision/step.js'
import type {MosnChain, MosnListener} from '../parse/listener.js'
import type {MosnProtocol, MosnRequest} from './request.js'
import type {MosnOutcome, Note} from './result.js'

/** What the one filter chain makes of a connection before anything is routed; `outcome` is null where it goes on. */
export interface ChainVerdict {
  outcome: MosnOutcome | null
  step: Step
  notes: Note[]
  assumptions: Assumption[]
}

export function chainVerdict(listener: MosnListener, chain: MosnChain, request: MosnRequest): ChainVerdict {
  const tls = tlsOutcome(listener, chain, request)
  const outcome = tls ?? protocolOutcome(chain, request)
  const others = [...chain.others, ...listener.streamFilters]
  return {
    outcome,
    step: {
      at: chain.at,
      level: 'filter chain',
      decided: '#0',
      because: [],
      passedOver: [],
    },
    notes: [],
    assumptions: others.map(({type, at}) => ({
      about: `filter ${type} of listener ${listener.name}`,
      assumed: 'it lets the request pass as it is: it is not modelled',
      at,
      turn: null,
    })),
  }
}

const unknown = (details: string): MosnOutcome => ({kind: 'unknown', status: null, responseFlags: '-', details})

/** An inspector tells TLS from plaintext by the first bytes; without one a chain with TLS takes nothing else. */
function tlsOutcome({inspector}: MosnListener, {tls}: MosnChain, request: MosnRequest): MosnOutcome | null {
  if (tls && request.tls === null && !inspector)
    return {kind: 'reset', status: null, responseFlags: '-', details: 'plaintext where the listener speaks TLS alone'}
  return !tls && request.tls !== null ? unknown('TLS to a listener that does not terminate it') : null
}

/** What `downstream_protocol` names, in the words of a request. */
const spoken: Readonly<Record<string, readonly MosnProtocol[]>> = {
  http1: ['http1', 'http1.0'],
  http2: ['http2'],
  dubbo: ['dubbo'],
  bolt: ['bolt'],
  boltv2: ['bolt'],
}

/** A proxy filter decodes its own protocol alone; `Auto`, `X` and nothing take any that they recognise. */
function protocolOutcome({proxy}: MosnChain, request: MosnRequest): MosnOutcome | null {
  if (proxy === null) return null
  const wanted = proxy.downstreamProtocol.split(',').flatMap((name) => spoken[name.trim().toLowerCase()] ?? [])
  if (wanted.length === 0 || (request.http === null && request.rpc === null) || wanted.includes(request.protocol))
    return null
  return unknown(`the listener speaks ${proxy.downstreamProtocol}, the client ${request.protocol}`)
}
