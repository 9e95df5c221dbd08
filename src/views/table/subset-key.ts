/** The parts of Istio's cluster name `direction|port|subset|host`. */
export interface SubsetKey {
  direction: string
  port: number
  subset: string
  host: string
}

/** The parts of a cluster's name, or null for a name of another form. More than four parts leave the host empty, as in istioctl. */
export function subsetKey(name: string): SubsetKey | null {
  const parts = name.split('|')
  const [direction, port, subset, host] = parts
  if (direction === undefined || port === undefined || subset === undefined || host === undefined) return null
  return {direction, port: atoi(port) ?? 0, subset, host: parts.length === 4 ? host : ''}
}

/** Go's strconv.Atoi: null for what is no decimal number. */
export const atoi = (text: string): number | null => (/^[+-]?\d+$/.test(text) ? Number(text) : null)

/** Istioctl's order of clusters: host, subset, port, direction; other names count as a host. */
export function clusterNameLess(a: string, b: string): boolean {
  const [x, y] = [sortKey(a), sortKey(b)]
  if (x.host !== y.host) return x.host < y.host
  if (x.subset !== y.subset) return x.subset < y.subset
  if (x.port !== y.port) return x.port < y.port
  return x.direction < y.direction
}

const sortKey = (name: string): SubsetKey => subsetKey(name) ?? {direction: '', port: 0, subset: '', host: name}
