import type {SocketAddress} from '../../address/socket-address.js'
import {type Check, check} from '../../decision/check.js'
import type {Located} from '../parse/config-dump.js'
import {at, boolean, type JsonObject, number, object, objects, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {runtimeValue, wholeNumber} from '../runtime.js'
import {specifierOf, specifyCluster} from './cluster-specifier.js'
import type {DownstreamConnection} from './connection.js'
import type {Draw} from './draw.js'
import {combineHashKeys} from './hash.js'
import {hashKeys} from './hash-keys.js'
import {parseInteger} from './header-matcher.js'
import type {Suppositions} from './request.js'
import {headerValue, headerValues, type RoutedRequest} from './routed-request.js'

/** The cluster that a route comes to; empty where a `cluster_header` is missing. */
export interface ClusterTarget {
  cluster: string
  /** The chosen entry of `weighted_clusters`, or null. */
  weighted: Located | null
  /** Where the cluster is named. */
  at: string
  because: Check[]
}

/** A target, and the draw that leads to it; null where it is certain. */
export interface ClusterWay {
  target: ClusterTarget
  draw: Draw | null
}

/** What the choice of a cluster looks at. */
export interface ClusterQuestion {
  envoy: Envoy
  request: RoutedRequest
  remote: SocketAddress | null
  /** The random value of the request, where the asker supposes one. */
  random: bigint | null
  connection: DownstreamConnection
  suppositions: Suppositions
  /** The route configuration, which may carry cluster specifier plugins. */
  table: Located
}

/** The entries of `weighted_clusters` that a request can come to, each with its range of the random value. */
function chooseWeighted(weighted: Located, action: JsonObject, question: ClusterQuestion): ClusterWay[] {
  const {envoy, request, random} = question
  const entries = readEntries(envoy, weighted)
  const total = entries.reduce((sum, {weight}) => sum + weight, 0)
  const ways = entries.filter(({weight}) => weight > 0)
  const pick =
    ways.length > 1
      ? (headerPick(weighted.raw, request, total) ??
        hashPick(weighted.raw, action, question, total) ??
        randomPick(random, total))
      : null
  let from = 0
  const found: ClusterWay[] = []
  for (const entry of ways) {
    const draw: Draw = {from, to: from + entry.weight, of: total}
    from = draw.to
    if (pick && (pick.value < draw.from || pick.value >= draw.to)) continue
    const share = pick
      ? check(pick.field, `[${draw.from},${draw.to}) of ${total}`, pick.text, true)
      : check('weight', `${entry.weight} of ${total}`, 'a random value', ways.length === 1 ? true : 'unknown')
    found.push({target: target(entry, request, share), draw: pick || ways.length === 1 ? null : draw})
  }
  return found
}

interface Entry extends Located {
  weight: number
}

const entriesOfAction = new WeakMap<JsonObject, Entry[]>()

/** Weights of the configuration, or of the runtime where `runtime_key_prefix` names keys. */
function readEntries(envoy: Envoy, weighted: Located): Entry[] {
  const kept = entriesOfAction.get(weighted.raw)
  if (kept) return kept
  const prefix = string(weighted.raw, 'runtime_key_prefix')
  const entries = objects(weighted.raw, 'clusters').map((raw, index) => {
    const inRuntime = prefix ? wholeNumber(runtimeValue(envoy, `${prefix}.${string(raw, 'name') ?? ''}`)) : null
    return {raw, at: at(weighted.at, 'clusters', index), weight: inRuntime ?? number(raw, 'weight') ?? 0}
  })
  // What the runtime weighs belongs to this Envoy, the rest to the configuration.
  if (!prefix) entriesOfAction.set(weighted.raw, entries)
  return entries
}

/** A value that stands for the random one: of a header, or as the asker supposes. */
interface Pick {
  value: number
  text: string
  field: string
}

const randomPick = (random: bigint | null, total: number): Pick | null =>
  random === null ? null : {value: Number(random % BigInt(total)), text: String(random), field: 'random value'}

/** `use_hash_policy`: the hash of the request, where it has one. */
function hashPick(weighted: JsonObject, action: JsonObject, question: ClusterQuestion, total: number): Pick | null {
  if (!boolean(weighted, 'use_hash_policy')) return null
  const keys = hashKeys(action, question.request, question.remote) ?? []
  const known = keys.filter((key) => key !== null)
  const hash = known.length === keys.length ? combineHashKeys(known) : undefined
  return hash === undefined ? null : {value: Number(hash % BigInt(total)), text: known.join(', '), field: 'hash policy'}
}

/** `header_name`: a single value that is a whole number stands for the random one. */
function headerPick(raw: JsonObject, request: RoutedRequest, total: number): Pick | null {
  const name = string(raw, 'header_name')?.toLowerCase()
  const values = name ? headerValues(request, name) : []
  const [text] = values
  if (text === undefined || values.length > 1) return null
  const value = parseInteger(text, 64n)
  return value === null ? null : {value: Number(value % BigInt(total)), text, field: `header ${name}`}
}

function target(entry: Entry, request: RoutedRequest, share: Check): ClusterTarget {
  const header = string(entry.raw, 'cluster_header')
  const cluster = header ? (headerValue(request, header.toLowerCase()) ?? '') : (string(entry.raw, 'name') ?? '')
  return {cluster, weighted: entry, at: entry.at, because: [share]}
}

/** The cluster that a plugin chooses, where what it does is known. */
function specified(action: Located, question: ClusterQuestion): ClusterWay[] {
  const plugin = specifierOf(action, question.table)
  const found = plugin && specifyCluster(plugin, question)
  return found ? [{target: {...found, weighted: null}, draw: null}] : []
}

/** The cluster of a RouteAction: named, of a header, or weighted; none where a specifier that is not modelled chooses it. */
export function chooseCluster(action: Located, question: ClusterQuestion): ClusterWay[] {
  const {request} = question
  const weighted = object(action.raw, 'weighted_clusters')
  if (weighted) return chooseWeighted({raw: weighted, at: at(action.at, 'weighted_clusters')}, action.raw, question)
  const name = string(action.raw, 'cluster')
  if (name !== undefined)
    return [{target: {cluster: name, weighted: null, at: at(action.at, 'cluster'), because: []}, draw: null}]
  const header = string(action.raw, 'cluster_header')?.toLowerCase()
  if (header === undefined) return specified(action, question)
  const value = headerValue(request, header) ?? ''
  const because = [check(`header ${header}`, 'a cluster', value, true)]
  return [{target: {cluster: value, weighted: null, at: at(action.at, 'cluster_header'), because}, draw: null}]
}
