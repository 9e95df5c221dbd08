import {goSort} from './go-sort.js'

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

/** Puts clusters into istioctl's order: by host, subset, port, direction; a name of another form counts as a host. */
export function sortByName<C extends ClusterName>(clusters: readonly C[]): C[] {
  const hosts = ranksOf(clusters.map(hostOf))
  const subsets = ranksOf(clusters.map(({key}) => key?.subset ?? ''))
  const directions = ranksOf(clusters.map(({key}) => key?.direction ?? ''))
  const keyed = clusters.map((cluster) => ({
    cluster,
    host: hosts(hostOf(cluster)),
    subset: subsets(cluster.key?.subset ?? ''),
    port: cluster.key?.port ?? 0,
    direction: directions(cluster.key?.direction ?? ''),
  }))
  goSort(keyed, (a, b) => {
    if (a.host !== b.host) return a.host < b.host
    if (a.subset !== b.subset) return a.subset < b.subset
    return a.port === b.port ? a.direction < b.direction : a.port < b.port
  })
  return keyed.map(({cluster}) => cluster)
}

const hostOf = ({name, key}: ClusterName): string => key?.host ?? name

/** Numbers in the order of the texts: a sort compares each text many times, and numbers are compared at once. */
function ranksOf(texts: readonly string[]): (text: string) => number {
  const ranks = new Map([...new Set(texts)].sort().map((text, rank) => [text, rank]))
  return (text) => ranks.get(text) ?? -1
}
