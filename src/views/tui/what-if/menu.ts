import type {Hop, ProxyHop, Trace} from '../../../trace/trace.js'
import {workloadName} from '../../story/names.js'

/** A what-if that can be switched on. */
export interface EditChoice {
  /** As the command line has it: `disable nat:OUTPUT:rule:1 in default/sleep`. */
  edit: string
  /** What it means, in words. */
  says: string
}

/** The what-ifs that a trace suggests: the rules that it met, the endpoints that it can go to, its shares, and mTLS at its servers. */
export function editChoices({branches}: Trace): EditChoice[] {
  const hops = branches.flatMap((branch) => branch.hops)
  const proxies = hops.filter((hop) => hop.place === 'proxy')
  const all = [
    ...hops.flatMap(ruleChoices),
    ...proxies.flatMap(endpointChoices),
    ...weightChoices(proxies),
    ...proxies.flatMap(mtlsChoices),
    ...proxies.flatMap(interceptionChoices),
  ]
  return [...new Map(all.map((choice) => [choice.edit, choice])).values()]
}

const ruleChoices = (hop: Hop): EditChoice[] =>
  hop.place === 'netns'
    ? hop.rules.map((rule) => ({
        edit: `disable ${rule} in ${hop.pod}`,
        says: `${workloadName(hop.pod)} without the rule ${rule}`,
      }))
    : []

const endpointChoices = ({endpoints, pod, direction}: ProxyHop): EditChoice[] =>
  direction === 'inbound'
    ? []
    : endpoints.map(({address}) => ({
        edit: `endpoint-down ${address} in ${pod}`,
        says: `${workloadName(pod)} sees ${address} fail its health check`,
      }))

const weighted = /^(.*weighted_?clusters)(?:\.clusters)?\[\d+\]/i

/** Everything to one of the clusters that share a route; each branch knows the one that it took. */
function weightChoices(proxies: readonly ProxyHop[]): EditChoice[] {
  const groups = new Map<string, {pod: string; names: Set<string>}>()
  for (const {pod, steps} of proxies)
    for (const {at, decided} of steps) {
      const place = weighted.exec(at)?.[1]
      if (place === undefined || decided === null) continue
      const group = groups.get(`${pod} ${place}`) ?? {pod, names: new Set()}
      groups.set(`${pod} ${place}`, {pod, names: group.names.add(decided)})
    }
  return [...groups.values()].flatMap(({pod, names}) =>
    names.size < 2
      ? []
      : [...names].map((name) => ({
          edit: `set-weight ${[...names].map((other) => `${other}=${other === name ? 100 : 0}`).join(',')} in ${pod}`,
          says: `everything to ${name}`,
        })),
  )
}

const interceptionWords = {REDIRECT: 'by REDIRECT', TPROXY: 'by TPROXY', none: 'not at all'}

const interceptionChoices = ({direction, pod}: ProxyHop): EditChoice[] =>
  direction === null
    ? []
    : (['REDIRECT', 'TPROXY', 'none'] as const).map((mode) => ({
        edit: `interception ${mode} in ${pod}`,
        says: `connections of ${workloadName(pod)} are intercepted ${interceptionWords[mode]}`,
      }))

const mtlsWords = {STRICT: 'mTLS only', PERMISSIVE: 'mTLS and plaintext', DISABLE: 'plaintext only'}

const mtlsChoices = ({direction, pod, proxy}: ProxyHop): EditChoice[] =>
  direction === 'inbound' && proxy !== 'mosn'
    ? (['STRICT', 'PERMISSIVE', 'DISABLE'] as const).map((mode) => ({
        edit: `mtls ${mode} in ${pod}`,
        says: `${workloadName(pod)} takes ${mtlsWords[mode]}`,
      }))
    : []
