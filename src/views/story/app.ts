import type {TraceRequest} from '../../trace/request.js'
import type {AppHop} from '../../trace/trace.js'
import {line, span} from '../styled.js'
import {hostOf, socketText} from './names.js'
import type {CaptureFacts, Sentence} from './story.js'

const serviceOf = (address: string, facts: CaptureFacts): string | null =>
  facts.services.find((service) => service.addresses.includes(hostOf(address)))?.name ?? null

/** The name that the app was told to call, where it is not the address itself. */
function calledName(url: string | null): string | null {
  const authority = url === null ? null : (/^[a-z]+:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? null)
  return authority === null || authority === '' ? null : authority
}

/** A process that sends. */
export function tellSender(hop: AppHop, {tcp, url, connection, rpc}: TraceRequest, facts: CaptureFacts): Sentence[] {
  const called = rpc?.dst ?? tcp?.dst ?? url
  const connects = connection === 'reused' ? 'is connected to' : 'connects to'
  // What it asked for: a connect hook or a registry may have given its socket another destination.
  const target = hop.address ?? (hop.left === null ? null : socketText(hop.left.dst, hop.left.dport))
  // Without an address there is nothing to connect to: the name says it all.
  if (target === null) return []
  const service = serviceOf(target, facts)
  const name = calledName(called) ?? called
  const words = name === null || target.startsWith(name) ? `${connects} ${target}` : `${connects} ${name} = ${target}`
  return [
    {
      topic: 'connects',
      subject: target,
      what: line(words),
      why: null,
      beside: service === null ? null : `service ${service}`,
      failed: false,
      minor: false,
      madeBy: null,
      step: hop.steps[0] ?? null,
      at: hop.steps[0]?.at ?? null,
    },
  ]
}

/** A process that should accept; `accepts` is false where nothing listens. */
export function tellReceiver(hop: AppHop, accepts: boolean): Sentence[] {
  const address = hop.address ?? (hop.entered === null ? '' : socketText(hop.entered.dst, hop.entered.dport))
  const words = accepts ? `takes it on ${address}` : `nothing listens on ${address}`
  return [
    {
      topic: accepts ? 'takes it' : 'closed',
      subject: address,
      what: line(span(words, accepts ? 'plain' : 'bad')),
      why: null,
      beside: null,
      failed: !accepts,
      minor: false,
      madeBy: null,
      step: hop.steps[0] ?? null,
      at: hop.steps[0]?.at ?? null,
    },
  ]
}
