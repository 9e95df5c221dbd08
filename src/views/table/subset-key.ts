/** The parts of Istio's cluster name `direction|port|subset|host`. */
export interface SubsetKey {
  direction: string
  port: number
  subset: string
  host: string
}

/** A cluster's name, and its parts where it is a subset key: what clusters and their endpoints are sorted by. */
export interface ClusterName {
  name: string
  key: SubsetKey | null
}

export const clusterName = (name: string): ClusterName => ({name, key: subsetKey(name)})

/** Null for a name of another form. More than four parts leave the host empty, as in istioctl. */
function subsetKey(name: string): SubsetKey | null {
  const parts = name.split('|')
  const [direction, port, subset, host] = parts
  if (direction === undefined || port === undefined || subset === undefined || host === undefined) return null
  return {direction, port: atoi(port) ?? 0, subset, host: parts.length === 4 ? host : ''}
}

/** Go's strconv.Atoi: null for what is no decimal number. */
export const atoi = (text: string): number | null => (/^[+-]?\d+$/.test(text) ? Number(text) : null)

/** Istioctl's order of clusters: host, subset, port, direction; a name of another form counts as a host. */
export function clusterNameLess(a: ClusterName, b: ClusterName): boolean {
  const hostA = a.key === null ? a.name : a.key.host
  const hostB = b.key === null ? b.name : b.key.host
  if (hostA !== hostB) return hostA < hostB
  const x = a.key ?? noParts
  const y = b.key ?? noParts
  if (x.subset !== y.subset) return x.subset < y.subset
  if (x.port !== y.port) return x.port < y.port
  return x.direction < y.direction
}

const noParts = {subset: '', port: 0, direction: ''}
