import {at, type JsonObject, number, object, objects, string} from '../parse/field.js'

/** A cluster that a route or TCP proxy sends to. */
export interface Destination {
  /** Null: a header of the request names it. */
  cluster: string | null
  /** `cluster`, `weighted`, `cluster_header`, or `mirror`: a copy whose answer is thrown away. */
  how: 'cluster' | 'weighted' | 'cluster_header' | 'mirror'
  /** Part of the requests, 0 to 1; null where it is not in the configuration. */
  share: number | null
  /** `metadata_match["envoy.lb"]`, that of the weighted cluster over the route's. */
  labels: Record<string, unknown>
  /** The header that names the cluster, or null. */
  header: string | null
  at: string
}

const labelsOf = (raw: JsonObject): Record<string, unknown> => {
  const metadata = object(object(raw, 'metadata_match') ?? {}, 'filter_metadata')
  return {...object(metadata ?? {}, 'envoy.lb')}
}

/** Where a RouteAction or a TcpProxy sends to; clusters with a weight of zero are left out. */
export function destinationsOf(action: JsonObject, place: string): Destination[] {
  const labels = labelsOf(action)
  const one = {labels, header: null, share: 1}
  const cluster = string(action, 'cluster')
  const header = string(action, 'cluster_header')
  const direct: Destination[] =
    cluster !== undefined
      ? [{...one, cluster, how: 'cluster', at: at(place, 'cluster')}]
      : header !== undefined
        ? [{...one, cluster: null, how: 'cluster_header', share: null, header, at: at(place, 'cluster_header')}]
        : weighted(action, labels, at(place, 'weighted_clusters'))
  return [...direct, ...mirrors(action, place)]
}

function weighted(action: JsonObject, labels: Record<string, unknown>, place: string): Destination[] {
  const clusters = objects(object(action, 'weighted_clusters') ?? {}, 'clusters')
  const total = clusters.reduce((sum, entry) => sum + (number(entry, 'weight') ?? 0), 0)
  return clusters.flatMap((entry, index) => {
    const weight = number(entry, 'weight') ?? 0
    const header = string(entry, 'cluster_header')
    if (weight === 0) return []
    return [
      {
        cluster: string(entry, 'name') || null,
        how: header === undefined ? ('weighted' as const) : ('cluster_header' as const),
        share: weight / total,
        labels: {...labels, ...labelsOf(entry)},
        header: header ?? null,
        at: at(place, 'clusters', index),
      },
    ]
  })
}

function mirrors(action: JsonObject, place: string): Destination[] {
  return objects(action, 'request_mirror_policies').map((policy, index) => ({
    cluster: string(policy, 'cluster') || null,
    how: 'mirror' as const,
    share: null,
    labels: {},
    header: string(policy, 'cluster_header') ?? null,
    at: at(place, 'request_mirror_policies', index),
  }))
}
