import {type ClusterFilter, nameOfCluster, selectClusters} from '../cluster.js'
import {type Column, stateMark, type Table} from '../column.js'
import {type Json, number, object, objects, text, typeName} from '../field.js'
import {ownerName} from '../owner.js'
import type {ClusterName} from '../subset-key.js'
import {rejection} from './rejected.js'

/** A cluster in the state that its list of the dump tells: ACTIVE, WARMING, STATIC. */
export interface StatedCluster extends ClusterName {
  state: string
  cluster: Json
  /** Why an update of it was rejected; empty where none was. */
  error: string
}

/** Reads an item of `dynamic_active_clusters`, `dynamic_warming_clusters` or `static_clusters`: what Envoy has, then an update that it did not take. */
export const statedCluster =
  (state: string) =>
  (entry: Json): StatedCluster[] => {
    const cluster = object(entry, 'cluster')
    const taken = cluster ? [{...nameOfCluster(cluster), state, cluster, error: ''}] : []
    const rejected = rejection(entry, 'name', text(cluster, 'name') ?? '')
    if (rejected === null) return taken
    const {failed, details} = rejected
    return [...taken, {...nameOfCluster(failed), state: 'REJECTED', cluster: failed, error: details}]
  }

export const wideClusterColumns: readonly Column<StatedCluster>[] = [
  {title: 'SERVICE FQDN', cell: ({key, name}) => key?.host || name},
  {title: 'PORT', cell: ({key}) => (key === null ? '-' : String(key.port))},
  {title: 'SUBSET', cell: ({key}) => key?.subset || '-'},
  {title: 'DIRECTION', cell: ({key}) => key?.direction ?? '-'},
  {
    title: 'STATE',
    cell: ({state, error}) => (error === '' ? state : `${state}: ${error}`),
    mark: ({state}) => stateMark(state),
  },
  {title: 'TYPE', cell: ({cluster}) => discovery(cluster)},
  {title: 'LB POLICY', cell: ({cluster}) => balancing(cluster)},
  {title: 'TLS', cell: ({cluster}) => transport(cluster)},
  {title: 'LIMITS', cell: ({cluster}) => limits(cluster)},
  {title: 'OUTLIERS', cell: ({cluster}) => (object(cluster, 'outlier_detection') ? 'ejected' : '-')},
  {title: 'DESTINATION RULE', cell: ({cluster}) => ownerName(cluster)},
]

/** The clusters that pass the filter, warming and rejected ones too, with what a table of istioctl leaves out. */
export const wideClusterTable = (clusters: readonly StatedCluster[], filter: ClusterFilter): Table<StatedCluster> => ({
  columns: wideClusterColumns,
  rows: selectClusters(clusters, filter),
})

/** The discovery type, or the extension that stands in for it. */
const discovery = (cluster: Json): string =>
  text(object(cluster, 'cluster_type'), 'name') ?? text(cluster, 'type') ?? 'STATIC'

function balancing(cluster: Json): string {
  const policies = objects(object(cluster, 'load_balancing_policy'), 'policies')
  const extension = object(policies[0], 'typed_extension_config')
  if (extension) return (text(extension, 'name') ?? '').split('.').at(-1) ?? ''
  const subsets = object(cluster, 'lb_subset_config') ? '+subsets' : ''
  return `${text(cluster, 'lb_policy') ?? 'ROUND_ROBIN'}${subsets}`
}

/** How it speaks to its endpoints; several ways where the endpoint's own metadata choose. */
function transport(cluster: Json): string {
  const matches = objects(cluster, 'transport_socket_matches')
  if (matches.length === 0) return socketMode(object(cluster, 'transport_socket'))
  return matches
    .map((match) => `${text(match, 'name') ?? ''}: ${socketMode(object(match, 'transport_socket'))}`)
    .join(', ')
}

function socketMode(socket: Json | undefined): string {
  const config = object(socket, 'typed_config')
  const type = typeName(config)
  if (socket === undefined || type.endsWith('.RawBuffer')) return 'plaintext'
  if (!type.endsWith('.UpstreamTlsContext')) return text(socket, 'name') ?? type
  const common = object(config, 'common_tls_context')
  const presents = ['tls_certificates', 'tls_certificate_sds_secret_configs'].some(
    (name) => objects(common, name).length > 0,
  )
  const sni = text(config, 'sni')
  return `${presents ? 'mTLS' : 'TLS'}${sni === undefined ? '' : ` SNI ${sni}`}`
}

/** Istio writes the greatest uint32 for no limit. */
const unlimited = 4_294_967_295

const limitNames = [
  ['max_connections', 'connections'],
  ['max_pending_requests', 'pending'],
  ['max_requests', 'requests'],
  ['max_retries', 'retries'],
] as const

function limits(cluster: Json): string {
  const thresholds = objects(object(cluster, 'circuit_breakers'), 'thresholds')
  const usual = thresholds.find((threshold) => (text(threshold, 'priority') ?? 'DEFAULT') === 'DEFAULT')
  const set = limitNames.flatMap(([field, word]) => {
    const value = number(usual, field)
    return value === undefined || value === unlimited ? [] : [`${value} ${word}`]
  })
  return set.join(', ') || '-'
}
