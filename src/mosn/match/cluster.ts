import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {at} from '../json.js'
import type {MosnRoute} from '../parse/router.js'
import type {RoutedRequest} from './routed-request.js'
import {drawCluster} from './weighted.js'

/** A cluster that a route can come to. */
export interface ClusterWay {
  cluster: string
  probability: number
  /** Where the share depends on the order of a Go map. */
  range: [number, number] | null
  criteria: readonly [string, string][]
  step: Step | null
  assumptions: Assumption[]
}

/** The cluster of a route: of the weighted list, else its name, else a variable. `cluster_header` is read by MOSN and never used. Empty: the draw panics. */
export function chooseClusters(route: MosnRoute, request: RoutedRequest): ClusterWay[] {
  if (route.weighted.length > 0) return weightedWays(route)
  const base = {probability: 1, range: null, criteria: route.criteria, assumptions: []}
  if (route.clusterName !== '' || route.clusterVariable === null)
    return [{...base, cluster: route.clusterName, step: null}]
  const value = request.variable(route.clusterVariable)
  const step: Step = {
    at: at(route.at, 'route', 'cluster_variable'),
    level: 'cluster of the route',
    decided: value ?? null,
    because: [
      check(
        `variable ${route.clusterVariable}`,
        'a cluster',
        value ?? '(not known)',
        value === undefined ? 'unknown' : value !== null,
      ),
    ],
    passedOver: [],
  }
  const unknown: Assumption = {
    about: `variable ${route.clusterVariable}, which names the cluster`,
    assumed: 'it is not set',
    at: route.at,
    turn: null,
  }
  return [{...base, cluster: value ?? '', step, assumptions: value === undefined ? [unknown] : []}]
}

function weightedWays(route: MosnRoute): ClusterWay[] {
  const total = route.weighted.reduce((sum, {weight}) => sum + weight, 0)
  const shares = drawCluster(route)
  return shares.map(({entry, cluster, probability, range}) => ({
    cluster,
    probability,
    range,
    criteria: entry?.criteria ?? route.criteria,
    assumptions: [],
    step: {
      at: entry?.at ?? route.at,
      level: 'cluster of the route',
      decided: cluster === '' ? null : cluster,
      because: [check('weight', `${entry?.weight ?? 0} of ${total}`, 'a random value', 'unknown')],
      passedOver: [],
    },
  }))
}
