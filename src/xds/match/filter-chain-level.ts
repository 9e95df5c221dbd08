import type {IpAddress} from '../../address/ip-address.js'
import {formatNetwork, inNetwork} from '../../address/network.js'
import type {SocketAddress} from '../../address/socket-address.js'
import {type JsonObject, list, number, objects, string, strings} from '../parse/field.js'
import {ipOf, isSameIpOrLoopback} from './addresses.js'
import {type CidrRange, cidrRange} from './cidr.js'
import type {DownstreamConnection} from './connection.js'

/** The key of chains that leave a field unset. */
export const unset = ''

/** A key of one level: what a chain asks for there. */
export interface LevelKey {
  /** Equal for equal demands. */
  key: string
  /** As configured. */
  text: string
  range?: CidrRange
}

/** One of the nine levels of filter_chain_match, in Envoy's order. */
export interface Level {
  field: string
  /** What a chain's match asks for; the unset key alone where it asks for nothing. */
  keysOf(match: JsonObject): LevelKey[]
  /** What the connection has, for people. */
  got(connection: DownstreamConnection): string
  /** False where the request does not say what this level looks at. */
  isKnown(connection: DownstreamConnection): boolean
  /** The most specific of `keys` that fits; several where Envoy's choice among them is open; none where nothing fits. */
  choose(keys: ReadonlyMap<string, LevelKey>, connection: DownstreamConnection): string[]
}

const noDemand: LevelKey[] = [{key: unset, text: '(any)'}]
const orUnset = (keys: LevelKey[]): LevelKey[] => (keys.length === 0 ? noDemand : keys)
const texts = (values: readonly string[]): LevelKey[] => orUnset(values.map((text) => ({key: text, text})))

/** A level of plain values: the first of the connection's that any chain asks for, else the unset key. */
function valueLevel(
  field: string,
  keysOf: (match: JsonObject) => LevelKey[],
  valuesOf: (connection: DownstreamConnection) => readonly string[] | null,
): Level {
  return {
    field,
    keysOf,
    got: (connection) => valuesOf(connection)?.join(', ') || '(none)',
    isKnown: (connection) => valuesOf(connection) !== null,
    choose: (keys, connection) => {
      const value = valuesOf(connection)?.find((candidate) => candidate !== unset && keys.has(candidate))
      return value === undefined ? unsetOf(keys) : [value]
    },
  }
}

const unsetOf = (keys: ReadonlyMap<string, LevelKey>): string[] => (keys.has(unset) ? [unset] : [])

/** Envoy's fakeAddress(): 255.255.255.255 stands for an address that is no IP's. */
const noIp: IpAddress = {version: 4, value: 0xffffffffn}

function prefixLevel(field: string, addressOf: (connection: DownstreamConnection) => SocketAddress | null): Level {
  return {
    field,
    keysOf: (match) =>
      orUnset(
        objects(match, field).flatMap((raw) => {
          const range = cidrRange(raw)
          return range ? [{key: formatNetwork(range.network), text: range.text, range}] : []
        }),
      ),
    got: (connection) => addressOf(connection)?.ip ?? '(unknown)',
    isKnown: (connection) => addressOf(connection) !== null,
    choose: (keys, connection) => {
      const address = addressOf(connection)
      return choosePrefix(keys, address && (ipOf(address) ?? noIp))
    },
  }
}

/**
 * The longest range. An explicit /0 stands in the same place as chains that leave the field unset: which of the two Envoy
 * takes hangs on the order of a hash map, which differs from start to start.
 */
function choosePrefix(keys: ReadonlyMap<string, LevelKey>, ip: IpAddress | null): string[] {
  let best: LevelKey | null = null
  if (ip)
    for (const candidate of keys.values()) {
      const {range} = candidate
      if (range && inNetwork(range.network, ip) && range.length > (best?.range?.length ?? -1)) best = candidate
    }
  if (best === null) return unsetOf(keys)
  return best.range?.length === 0 ? [best.key, ...unsetOf(keys)] : [best.key]
}

/** The name itself, then `.parent` for each shorter parent domain (how `*.parent` is kept), then unset. */
function chooseServerName(keys: ReadonlyMap<string, LevelKey>, name: string): string[] {
  if (name !== unset && keys.has(name)) return [name]
  for (let dot = name.indexOf('.', 1); dot >= 0 && dot < name.length - 1; dot = name.indexOf('.', dot + 1)) {
    const wildcard = name.slice(dot)
    if (keys.has(wildcard)) return [wildcard]
  }
  return unsetOf(keys)
}

const serverNames: Level = {
  field: 'server_names',
  keysOf: (match) =>
    orUnset(
      strings(match, 'server_names').map((text) => {
        const lower = text.toLowerCase()
        return {key: lower.startsWith('*.') ? lower.slice(1) : lower, text}
      }),
    ),
  got: ({inspected}) => inspected.serverName || '(none)',
  isKnown: () => true,
  choose: (keys, {inspected}) => chooseServerName(keys, inspected.serverName),
}

/** LOCAL sources look at SAME_IP_OR_LOOPBACK chains, others at EXTERNAL ones, each before ANY. */
const sourceType = valueLevel(
  'source_type',
  (match) => {
    const type = string(match, 'source_type') ?? 'ANY'
    return type === 'ANY' ? noDemand : [{key: type, text: type}]
  },
  ({remote, local}) => {
    if (!remote) return null
    return [isSameIpOrLoopback(remote, local) ? 'SAME_IP_OR_LOOPBACK' : 'EXTERNAL']
  },
)

const portText = (address: SocketAddress | null): string[] | null => (address ? [String(address.port)] : null)

export const levels: readonly Level[] = [
  valueLevel(
    'destination_port',
    (match) => {
      const port = number(match, 'destination_port')
      return port ? texts([String(port)]) : noDemand
    },
    ({local}) => portText(local),
  ),
  prefixLevel('prefix_ranges', ({local}) => local),
  serverNames,
  valueLevel(
    'transport_protocol',
    (match) => texts([string(match, 'transport_protocol') ?? unset].filter((text) => text !== unset)),
    ({inspected}) => [inspected.transportProtocol],
  ),
  valueLevel(
    'application_protocols',
    (match) => texts(strings(match, 'application_protocols')),
    ({inspected}) => inspected.applicationProtocols,
  ),
  prefixLevel('direct_source_prefix_ranges', ({peer}) => peer),
  sourceType,
  prefixLevel('source_prefix_ranges', ({remote}) => remote),
  valueLevel(
    'source_ports',
    (match) => texts(list(match, 'source_ports').map(String)),
    ({remote}) => portText(remote),
  ),
]
