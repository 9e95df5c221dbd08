import {type Check, check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {Cluster} from '../parse/cluster.js'
import type {SubsetConfig} from '../parse/load-balancing-policy.js'
import type {KnownCluster} from './cluster.js'
import type {Host, HostSet} from './host.js'
import type {Sharing} from './host-share.js'
import type {PriorityLoad} from './priority.js'
import type {SubsetChoice} from './subset.js'
import {chooseTransportSocket, labels} from './transport-socket.js'

/** Which subset was taken, and the selectors that did not fit. */
export const subsetStep = (config: SubsetConfig, subset: SubsetChoice): Step => ({
  at: config.at,
  level: 'subset',
  decided: subset.decided,
  because: subset.because,
  passedOver: subset.passedOver,
})

/** How much of the load each priority takes; those without any are passed over. */
export function priorityStep(known: KnownCluster, sets: readonly HostSet[], loads: readonly PriorityLoad[]): Step {
  const at = known.assignment?.at ?? known.cluster.at
  const entries = loads.map((load, priority) => ({
    priority,
    percent: load.healthy + load.degraded,
    check: availabilityCheck(load, sets[priority]),
  }))
  const used = entries.filter(({percent}) => percent > 0)
  return {
    at,
    level: 'priority',
    decided: used.map(({priority, percent}) => `${priority} (${percent} %)`).join(', ') || null,
    because: used.map((entry) => entry.check),
    passedOver: entries
      .filter(({percent}) => percent === 0)
      .map((entry): PassedOver => ({at, name: `priority ${entry.priority}`, check: entry.check})),
  }
}

function availabilityCheck(load: PriorityLoad, set: HostSet | undefined): Check {
  const healthy = set?.hosts.filter((host) => host.health.coarse === 'healthy').length ?? 0
  const got = `${healthy} of ${set?.hosts.length ?? 0} hosts healthy, ${load.panic ? 'panic' : `${load.health} % available`}`
  return check('load', '> 0 %', got, load.healthy + load.degraded > 0)
}

/** The hosts that can be chosen, and why the others of the cluster cannot. */
export function endpointStep(known: KnownCluster, used: Sharing): Step {
  const chosen = new Set(used.shares.map(({host}) => host))
  const all = (known.sets ?? []).flatMap((set) => set.hosts)
  return {
    at: known.assignment?.at ?? known.cluster.at,
    level: 'endpoint',
    decided: used.shares.map(({host}) => host.endpoint.address).join(', ') || null,
    because: [
      check(
        'lb_policy',
        known.cluster.loadBalancing.host.kind,
        `${chosen.size} of ${all.length} hosts`,
        chosen.size > 0,
      ),
    ],
    passedOver: all
      .filter((host) => !chosen.has(host))
      .map((host) => ({at: host.endpoint.at, name: host.endpoint.address, check: exclusion(host, known)})),
  }
}

/** The first thing that keeps a host out: its health, else its subset, else its priority's or locality's load. */
function exclusion(host: Host, {cluster}: KnownCluster): Check {
  if (host.health.because && host.health.coarse === 'unhealthy') return host.health.because
  if (cluster.loadBalancing.subset)
    return check('envoy.lb', '(chosen subset)', labels(host.endpoint.metadata['envoy.lb'] ?? {}), false)
  return check('load', '> 0 %', `priority ${host.priority}${host.locality ? ` locality ${host.locality}` : ''}`, false)
}

/** One step for each transport socket that the chosen hosts use. */
export function transportSteps(cluster: Cluster, hosts: readonly Host[]): Step[] {
  const steps = new Map<string, Step>()
  // Without a match list there is nothing to decide.
  if (cluster.transportSocketMatches.length === 0) return []
  for (const host of hosts) {
    const choice = chooseTransportSocket(cluster, host)
    if (!steps.has(choice.at))
      steps.set(choice.at, {
        at: choice.at,
        level: 'transport socket',
        decided: choice.name,
        because: choice.because,
        passedOver: choice.passedOver,
      })
  }
  return [...steps.values()]
}
