import type {Assumption} from '../../decision/assumption.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import type {Note} from './result.js'

/** What of the shares only the running system knows: load, slow start, other zones. Asked where there is a choice. */
export function balancingAssumptions(known: KnownCluster, ask: Ask): Assumption[] {
  const {cluster} = known
  const {host, at, slowStart} = cluster.loadBalancing
  const assume = (about: string, assumed: string): Assumption => ({
    about: `${about} of ${cluster.name}`,
    assumed,
    at,
    turn: null,
  })
  const found: Assumption[] = []
  if (host.kind === 'unmodelled') found.push(assume(`load balancing policy ${host.type}`, 'shares requests by weight'))
  if (host.kind === 'ring_hash' || host.kind === 'maglev') {
    if (ask.need.hashKeys?.includes(null)) found.push(assume('hash key', 'may be any'))
    if (host.balanceFactor > 0) found.push(assume('load of the endpoints', 'is within hash_balance_factor'))
  }
  if (slowStart) found.push(assume('age of the endpoints', 'is past their slow start'))
  return found
}

/** LEAST_REQUEST looks at the requests in flight; as long as these are even, the shares hold. */
export const balancingNotes = ({cluster}: KnownCluster): Note[] =>
  cluster.loadBalancing.host.kind === 'least_request'
    ? [{kind: 'least request', text: 'shares hold while the endpoints are evenly busy', at: cluster.loadBalancing.at}]
    : []
