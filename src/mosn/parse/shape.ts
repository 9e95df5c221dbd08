import {isObject, type JsonObject} from '../json.js'

/**
 * The documents of MOSN that are told apart by their shape: the whole `/api/v1/config_dump`, its answers to `?alllisteners`,
 * `?allrouters`, `?allclusters`, `?listener=`, `?router=`, `?cluster=`, and a configuration file, which `?mosnconfig` is too.
 */
export type MosnDocumentKind =
  | 'config_dump'
  | 'configuration'
  | 'listeners'
  | 'routers'
  | 'clusters'
  | 'listener'
  | 'router'
  | 'cluster'

const isListener = (raw: JsonObject): boolean => 'filter_chains' in raw && typeof raw['address'] === 'string'
const isRouter = (raw: JsonObject): boolean => typeof raw['router_config_name'] === 'string'
/** MOSN writes these of every cluster, set or not. */
const isCluster = (raw: JsonObject): boolean => 'lb_subset_config' in raw || typeof raw['lb_type'] === 'string'

/** What a document of MOSN is; null for anything else. */
export function mosnDocumentKind(document: unknown): MosnDocumentKind | null {
  if (!isObject(document) || 'configs' in document) return null
  if ('mosn_config' in document) return 'config_dump'
  if (Array.isArray(document['servers'])) return 'configuration'
  if (isRouter(document)) return 'router'
  if (isListener(document)) return 'listener'
  if (isCluster(document)) return 'cluster'
  const items = Object.values(document)
  if (items.length === 0 || !items.every(isObject)) return null
  if (items.every(isRouter)) return 'routers'
  if (items.every(isListener)) return 'listeners'
  return items.every(isCluster) ? 'clusters' : null
}
