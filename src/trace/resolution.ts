import type {Assumption} from '../decision/assumption.js'
import type {Step} from '../decision/step.js'
import {askDnsFilter, dnsFilterAt} from '../xds/match/dns-table.js'
import {autoAllocated} from '../xds/match/service-address.js'
import {type Query, sendQuery} from './dns-query.js'
import type {Walk} from './journey.js'
import type {Place} from './place.js'
import type {Client} from './request.js'
import {candidateNames, clusterDomain, clusterFirst, type Resolver} from './resolver.js'
import type {NetnsHop, NodeHop} from './trace.js'

/**
 * Who knew a name.
 * - `hosts file`: the pod's own.
 * - `envoy`: the DNS filter of the pod's Envoy.
 * - `dns proxy`: Istio's agent in the pod, to which the rules redirect DNS.
 * - `dns server`: the nameserver of resolv.conf.
 */
export type NameSource = 'hosts file' | 'envoy' | 'dns proxy' | 'dns server'

/** How the client's process turned the name into addresses, before it connects: packets of their own, which no branch contains. */
export interface Resolution {
  host: string
  /** In the order of the answer; the client connects to the first. Empty where the name has none. */
  addresses: string[]
  /** The name that had them: the host itself, or with a search domain behind it. */
  found: string | null
  by: NameSource | null
  /** `ip:port` of the socket that answers, and its process where the capture names it; null where a file does. */
  answeredAt: {address: string; process: string | null} | null
  /** Istio made the address up, since the host has none of its own: only Envoys with this configuration know it. */
  autoAllocated: boolean
  /** The query's way: the rules of the pod, and of the node where it leaves the pod. */
  hops: (NetnsHop | NodeHop)[]
  steps: Step[]
  assumptions: Assumption[]
}

interface Answer {
  addresses: string[]
  by: NameSource
  at: string
  autoAllocated: boolean
}

/** Resolves `host` as a process of `client` would. */
export function resolveName(journey: Walk, place: Place, host: string, client: Client): Resolution {
  const wanted = host.toLowerCase()
  const file: readonly string[] | undefined =
    place.names.hosts?.get(wanted) ?? (wanted === 'localhost' ? ['127.0.0.1'] : undefined)
  if (file !== undefined) return fromFile(host, file, `${place.kind}s/${place.name}/hosts.txt`)
  const {resolver, assumptions} = resolverOf(journey, place)
  const [nameserver] = resolver.nameservers
  const query = nameserver === undefined ? null : sendQuery(journey, place, {ip: nameserver, port: 53}, client)
  const names = candidateNames(wanted, resolver)
  const asked = query?.stopped === true ? [] : names
  const answers = asked.map((name) => answerFor(journey, place, query, name, clusterDomain(resolver)))
  const index = answers.findIndex((answer) => answer !== null)
  const answer = answers[index] ?? null
  const found = index === -1 ? null : (names[index] ?? null)
  return {
    host,
    addresses: answer?.addresses ?? [],
    found,
    by: answer?.by ?? null,
    answeredAt: query?.answeredAt ?? null,
    autoAllocated: answer?.autoAllocated ?? false,
    hops: query?.hops ?? [],
    steps: journey.explain
      ? [nameStep(resolver, answer, found, names.slice(0, index === -1 ? names.length : index))]
      : [],
    assumptions: [...assumptions, ...(query?.assumptions ?? [])],
  }
}

const fromFile = (host: string, addresses: readonly string[], at: string): Resolution => ({
  host,
  addresses: [...addresses],
  found: host,
  by: 'hosts file',
  answeredAt: null,
  autoAllocated: false,
  hops: [],
  steps: [
    {
      at,
      level: 'name',
      decided: addresses[0] ?? null,
      because: [{field: 'name', want: host, got: host, holds: 'yes'}],
      passedOver: [],
    },
  ],
  assumptions: [],
})

/** Which name had an address, and those that were asked for before it. */
const nameStep = ({search, ndots}: Resolver, answer: Answer | null, found: string | null, before: string[]): Step => ({
  at: answer?.at ?? 'snapshot.json',
  level: 'name',
  decided: answer?.addresses[0] ?? null,
  because:
    found === null
      ? []
      : [{field: 'name', want: found, got: search.length === 0 ? found : `${found} (ndots ${ndots})`, holds: 'yes'}],
  passedOver: before.map((name) => ({
    at: name,
    name,
    check: {field: 'name', want: 'an address', got: '(none)', holds: 'no'},
  })),
})

/** What resolv.conf says; where it was not captured, what Kubernetes writes for a pod. */
function resolverOf({mesh}: Walk, place: Place): {resolver: Resolver; assumptions: Assumption[]} {
  if (place.names.resolver !== null) return {resolver: place.names.resolver, assumptions: []}
  const services = mesh.snapshot.document.services
  const dns = services.find(({namespace, name}) => namespace === 'kube-system' && /^(kube-dns|coredns)$/.test(name))
  const resolver = clusterFirst(place.facts?.namespace ?? 'default', dns?.clusterIP ?? null)
  const about = `resolv.conf of ${place.name}`
  const assumed = `as Kubernetes writes it: search ${resolver.search.join(' ')}, ndots ${resolver.ndots}`
  return {resolver, assumptions: [{about, assumed, at: null, turn: null}]}
}

/** Null where nobody knows the name. */
function answerFor({mesh}: Walk, place: Place, query: Query | null, name: string, domain: string): Answer | null {
  const answerer = query?.answerer ?? 'server'
  if (answerer === 'envoy')
    return envoyAnswer(place, query, name, () => served(mesh.answers(name, domain), 'dns server'))
  const own = answerer === 'agent' && place.proxy !== null ? autoAllocated(place.proxy.dump, name) : []
  const [first] = own
  if (first !== undefined)
    return {addresses: own.map(({address}) => address), by: 'dns proxy', at: first.at, autoAllocated: true}
  // The agent knows the services of the mesh, and asks the nameserver for everything else.
  const isService = mesh.isService(name, domain)
  return served(mesh.answers(name, domain), answerer === 'agent' && isService ? 'dns proxy' : 'dns server')
}

const served = (addresses: string[] | null, by: NameSource): Answer | null =>
  addresses === null || addresses.length === 0 ? null : {addresses, by, at: 'snapshot.json', autoAllocated: false}

function envoyAnswer(place: Place, query: Query | null, name: string, forward: () => Answer | null): Answer | null {
  const socket = query?.socket ?? null
  const filter = place.proxy === null || socket === null ? null : dnsFilterAt(place.proxy.dump, socket)
  if (filter === null || place.proxy === null) return null
  const answer = askDnsFilter(place.proxy.dump, filter, name)
  if (answer.kind === 'forwards') return forward()
  if (answer.kind === 'no such name' || answer.addresses.length === 0) return null
  return {addresses: answer.addresses, by: 'envoy', at: answer.at, autoAllocated: false}
}
