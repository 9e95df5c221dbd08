import {check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {Ask} from './ask.js'
import {type KnownCluster, knownCluster} from './cluster.js'
import {statedHealth} from './health.js'
import {type HostSet, noHosts} from './host.js'
import {chooseHosts} from './host-choice.js'
import type {Pin} from './host-share.js'
import {hostAt} from './original-destination.js'
import {priorityLoads} from './priority.js'
import {clusterStep, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** One priority of one member, in the line that the aggregate makes of them all. */
interface Link {
  member: KnownCluster
  /** Its priority within the member. */
  priority: number
  set: HostSet
}

/**
 * An aggregate cluster: the priorities of its members in one line, those without hosts left out. The aggregate picks
 * the priority, the member's own balancing picks the host there. Envoy logs the aggregate's name as the cluster.
 */
export function chooseFromAggregate(known: KnownCluster, names: readonly string[], ask: Ask): UpstreamChoice[] {
  const links = names.flatMap((name) => linksOf(knownCluster(ask.envoy, name)))
  const loads = priorityLoads(
    links.map(({set}) => set),
    known.cluster.panicThreshold,
  )
  const step = ask.explain ? [clusterStep(known), memberStep(known, names, links, ask)] : []
  if (links.length === 0) return [{...noHealthyHost(known, ask), steps: step}]
  const ways = links.flatMap((link, index) => {
    const load = loads[index]
    const pinned = (kind: Pin['kind'], percent: number) =>
      percent > 0 ? chooseAt(known, link, {priority: link.priority, kind}, percent / 100, ask) : []
    return load ? [...pinned('healthy', load.healthy), ...pinned('degraded', load.degraded)] : []
  })
  return merged(ways).map((choice) => ({...choice, steps: [...step, ...choice.steps]}))
}

function linksOf(member: KnownCluster | undefined): Link[] {
  if (!member) return []
  // Hosts that stand in no document count as one healthy host.
  const sets = member.sets ?? [{...noHosts, hosts: [unknownHost(member)]}]
  return sets.filter(({hosts}) => hosts.length > 0).map((set) => ({member, priority: set.priority, set}))
}

const unknownHost = ({cluster}: KnownCluster) => ({
  ...hostAt({ip: '', port: 0}, cluster.at),
  health: statedHealth('UNKNOWN'),
})

/** The member's answer at this priority. The SNI follows the aggregate's own options; UH names the aggregate. */
function chooseAt(known: KnownCluster, {member}: Link, pin: Pin, part: number, ask: Ask): UpstreamChoice[] {
  const {autoSni, autoSniHeader} = known.cluster.http
  const same = member.cluster.http.autoSni === autoSni && member.cluster.http.autoSniHeader === autoSniHeader
  const asked = same
    ? member
    : {
        ...member,
        cluster: {...member.cluster, http: {...member.cluster.http, autoSni, autoSniHeader}},
        answers: new Map(),
      }
  return chooseHosts(asked, ask, pin).map((choice) => ({
    ...choice,
    cluster: known.cluster.name,
    probability: choice.probability * part,
  }))
}

/** Ways that leave the proxy alike are one, with the endpoints of all. */
function merged(ways: readonly UpstreamChoice[]): UpstreamChoice[] {
  const groups = new Map<string, UpstreamChoice[]>()
  for (const way of ways) {
    const key = `${way.outcome.kind} ${way.protocol} ${way.sourceAddress}`
    groups.set(key, [...(groups.get(key) ?? []), way])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const probability = group.reduce((sum, way) => sum + way.probability, 0)
    return [
      {
        ...first,
        probability,
        endpoints: group.flatMap((way) =>
          way.endpoints.map((share) => ({...share, probability: (share.probability * way.probability) / probability})),
        ),
        assumptions: group.flatMap((way) => way.assumptions),
        notes: group.flatMap((way) => way.notes),
        steps: group.flatMap((way) => way.steps),
      },
    ]
  })
}

/** Which members take part, and why the others do not. */
function memberStep(known: KnownCluster, names: readonly string[], links: readonly Link[], ask: Ask): Step {
  const taking = [...new Set(links.map(({member}) => member.cluster.name))]
  const passedOver = names
    .filter((name) => !taking.includes(name))
    .map((name): PassedOver => {
      const member = knownCluster(ask.envoy, name)
      const got = member ? 'no hosts' : '(no such cluster)'
      return {at: member?.cluster.at ?? known.cluster.at, name, check: check('hosts', '> 0', got, false)}
    })
  return {at: known.cluster.at, level: 'aggregate', decided: taking.join(', ') || null, because: [], passedOver}
}
