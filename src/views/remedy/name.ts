import {podName} from '../story/names.js'
import {bypassOf} from './bypass.js'
import type {Failure} from './failure.js'
import {type Family, facts} from './remedy.js'

/** Services of that name in other namespaces: what a caller often means. */
function elsewhere({facts: {services}}: Failure, host: string): string[] {
  const [first = ''] = host.toLowerCase().split('.')
  return services
    .map(({name}) => name.split('/'))
    .filter(([, name]) => name === first)
    .map(([namespace = '', name = '']) => `${name}.${namespace}`)
    .filter((name) => name !== host.toLowerCase())
}

/** What keeps the query from being answered. */
function stoppedBy({resolution}: Failure): string | null {
  const stopped = resolution?.hops.find(({verdict}) => verdict === 'drop' || verdict === 'reject')
  if (stopped === undefined) return null
  const what = stopped.verdict === 'drop' ? 'drops' : 'rejects'
  return `${stopped.rules.at(-1) ?? 'a chain policy'} ${what} the DNS query`
}

/** The name does not lead anywhere: no connection is even tried. */
export const unresolved: Family = (failure) => {
  const {details, request, resolution} = failure
  const name = /^name_not_resolved: (.*)$/s.exec(details)?.[1]
  if (name === undefined) return null
  const stopped = stoppedBy(failure)
  const others = elsewhere(failure, name)
  const asked = resolution?.answeredAt ?? null
  return {
    says: `the name ${name} resolves to no address in ${podName(request.client.pod)}`,
    lines: facts(
      ['because', stopped],
      ['who was asked', asked === null ? null : `${asked.process ?? 'the DNS server'} at ${asked.address}`],
      [
        'to change',
        stopped === null
          ? `${others.length === 0 ? 'correct the name' : `call ${others.join(' or ')}`}, or give ${name} an address: a Service or a ServiceEntry of that name, or an entry in DNS`
          : 'see who wrote that rule, and let queries to the DNS server through',
      ],
    ),
  }
}

/** Istio's made-up address leads somewhere in an Envoy alone: past it, nobody has that address. */
export const madeUpAddress: Family = (failure) => {
  const {resolution, outcome} = failure
  const ends = outcome.kind === 'unreachable' || outcome.kind === 'refused' || outcome.kind === 'dropped'
  if (resolution?.autoAllocated !== true || !ends) return null
  const bypass = bypassOf(failure)
  const [address = '?'] = resolution.addresses
  return {
    says: `${address} is an address that Istio made up for ${resolution.host}: it leads on in an Envoy alone`,
    lines: facts(
      ['where', bypass?.says ?? null],
      [
        'to change',
        bypass?.change ??
          `give the ServiceEntry of ${resolution.host} an address (spec.addresses) that leads there without an Envoy`,
      ],
    ),
  }
}
