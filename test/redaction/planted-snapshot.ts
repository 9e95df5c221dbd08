import {cpSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../setup/run-bin.js'
import {planted, plantedTexts} from '../snapshot/redact/canaries.js'
import {decidingFilters, decidingRoutes} from './deciding.js'

/** A secret that was planted, and where. */
export interface Canary {
  where: string
  secret: string
}

type Json = Record<string, unknown>

const pod = 'pods/default/productpage-v1-64794f5db4-8s7zq'

/**
 * The sample as a folder in which every place that is known to hold secrets holds one of its own: in Envoy's configuration of
 * productpage, half of it where the traces go along, and in the files beside it.
 */
export function plantSnapshot(folder: string): Canary[] {
  cpSync(join(root, 'samples/bookinfo'), folder, {recursive: true})
  const canaries: Canary[] = []
  const secret = (where: string): string => {
    const made = `cnry${String(canaries.length).padStart(3, '0')}Q7mZ`
    canaries.push({where, secret: made})
    return made
  }
  const file = join(folder, pod, 'config_dump.json')
  const dump = readJson(file)
  for (const {where, plant} of planted) put(dump, document(plant(secret(where))), where)
  const deciding = {routes: decidingRoutes(secret), filters: decidingFilters(secret)}
  virtualHost(dump)['routes'] = [...deciding.routes, ...list(virtualHost(dump)['routes'])]
  manager(dump)['http_filters'] = [...deciding.filters, ...list(manager(dump)['http_filters'])]
  writeFileSync(file, JSON.stringify(dump, null, 1))
  plantTexts(folder, secret)
  return canaries
}

function plantTexts(folder: string, secret: (where: string) => string): void {
  const log = join(folder, pod, 'istio-iptables.log')
  const lines = plantedTexts.map(({where, plant}) => plant(secret(`a log: ${where}`)))
  writeFileSync(log, `${lines.filter((text) => !text.includes('BEGIN RSA')).join('')}${readFileSync(log, 'utf8')}`)
  const info = join(folder, pod, 'server_info.json')
  const variables = {ISTIO_META_API_KEY: secret('server_info: node metadata'), CLUSTER_ID: 'Kubernetes'}
  const config = `{private_key: {inline_string: ${secret('server_info: the command line')}}}`
  const told = readJson(info)
  writeFileSync(
    info,
    JSON.stringify({
      ...told,
      node: {...document(told['node']), metadata: {PROXY_CONFIG: {proxyMetadata: variables}}},
      command_line_options: {...document(told['command_line_options']), config_yaml: config},
    }),
  )
  const own = join(folder, 'snapshot.json')
  const snapshot = readJson(own)
  const [first, ...others] = list(snapshot['pods']).map(document)
  const applied = JSON.stringify({spec: {env: [{name: 'DB_PASSWORD', value: secret('an annotation: an environment')}]}})
  const annotations = {
    ...document(first?.['annotations'] ?? {}),
    'kubectl.kubernetes.io/last-applied-configuration': applied,
    'example.com/api-token': secret('an annotation by its name'),
  }
  writeFileSync(own, JSON.stringify({...snapshot, pods: [{...first, annotations}, ...others]}, null, 1))
}

/** A planted part where Envoy would have it; one that has no place of its own stands in a cluster of its own. */
function put(dump: Json, part: Json, where: string): void {
  const name = where.replace(/[^a-z0-9]+/gi, '-').toLowerCase()
  if ('configs' in part) {
    const [section] = list(part['configs']).map(document)
    const secrets = list(section?.['dynamic_active_secrets'])
    const own = section_(dump, 'SecretsConfigDump')
    own['dynamic_active_secrets'] = [...list(own['dynamic_active_secrets']), ...secrets]
  } else if ('http_filters' in part) {
    spareFilters(dump).push(...list(part['http_filters']))
  } else if ('virtual_hosts' in part) {
    const [host] = list(part['virtual_hosts']).map(document)
    const [route] = list(host?.['routes']).map(document)
    const match = {prefix: `/${name}`, ...document(route?.['match'] ?? {})}
    const action =
      'direct_response' in (route ?? {}) || 'redirect' in (route ?? {}) ? {} : {direct_response: {status: 204}}
    const {route: forwarded, ...members} = route ?? {}
    const made = forwarded === undefined ? action : {route: {cluster: 'BlackHoleCluster', ...document(forwarded)}}
    virtualHost(dump)['routes'] = [{...made, ...members, match, name}, ...list(virtualHost(dump)['routes'])]
  } else if ('bootstrap' in part) {
    const own = section_(dump, 'BootstrapConfigDump')
    own['bootstrap'] = merged(document(own['bootstrap']), document(part['bootstrap']))
  } else {
    const clusters = section_(dump, 'ClustersConfigDump')
    const type = 'type.googleapis.com/envoy.config.cluster.v3.Cluster'
    const cluster = {'@type': type, name, type: 'STATIC', ...part}
    clusters['dynamic_active_clusters'] = [...list(clusters['dynamic_active_clusters']), {cluster}]
  }
}

/** Two documents as one: members of the second win, messages are joined. */
function merged(first: Json, second: Json): Json {
  const joined = Object.entries(second).map(([name, value]): [string, unknown] => [
    name,
    isDocument(value) && isDocument(first[name]) ? merged(document(first[name]), value) : value,
  ])
  return {...first, ...Object.fromEntries(joined)}
}

const section_ = (dump: Json, type: string): Json =>
  found(
    list(dump['configs']).map(document),
    (config) => String(config['@type']).endsWith(`.${type}`) && !String(config['@type']).includes('Scoped'),
  )

/** The listener that the traces go along, and one that they do not. */
const listener = (dump: Json, name: string): Json =>
  document(
    document(
      found(
        list(section_(dump, 'ListenersConfigDump')['dynamic_listeners']).map(document),
        (each) => each['name'] === name,
      )['active_state'],
    )['listener'],
  )

function managerOf(dump: Json, name: string): Json {
  const [chain] = list(listener(dump, name)['filter_chains']).map(document)
  const filters = list(chain?.['filters']).map(document)
  return document(
    found(filters, (filter) => String(filter['name']).endsWith('http_connection_manager'))['typed_config'],
  )
}

const manager = (dump: Json): Json => managerOf(dump, '0.0.0.0_9080')

function spareFilters(dump: Json): unknown[] {
  const spare = managerOf(dump, '0.0.0.0_8000')
  return list(spare['http_filters'])
}

function virtualHost(dump: Json): Json {
  const configs = list(section_(dump, 'RoutesConfigDump')['dynamic_route_configs']).map((entry) =>
    document(document(entry)['route_config']),
  )
  const hosts = list(found(configs, ({name}) => name === '9080')['virtual_hosts']).map(document)
  return found(hosts, ({name}) => String(name).startsWith('reviews.'))
}

const readJson = (file: string): Json => document(JSON.parse(readFileSync(file, 'utf8')))

const isDocument = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function document(value: unknown): Json {
  if (!isDocument(value)) throw new TypeError('a test document is no object')
  return value
}

function list(value: unknown): unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new TypeError('a test document has no list there')
  return value
}

function found(all: Json[], wanted: (one: Json) => boolean): Json {
  const one = all.find(wanted)
  if (one === undefined) throw new Error('the sample has no such part')
  return one
}
