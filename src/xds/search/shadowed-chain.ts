import {formatIpAddress} from '../../address/ip-address.js'
import {cidrRange} from '../match/cidr.js'
import type {DownstreamConnection} from '../match/connection.js'
import {chooseFilterChain} from '../match/filter-chain.js'
import {at, type JsonObject, list, number, object, objects, string, strings} from '../parse/field.js'
import {type Listener, readListener} from '../parse/listener.js'
import type {Proxy as Envoy} from '../proxy.js'
import type {Finding, Place} from './finding.js'

/** Filter chains that no connection comes to. Connections of every kind that the chains tell apart are tried. */
export function shadowedChains({dump}: Envoy): Finding[] {
  return dump.listeners.flatMap((entry) => {
    const listener = readListener(dump, entry)
    return listener && !object(listener.raw, 'filter_chain_matcher') ? shadowedIn(listener) : []
  })
}

interface Chain {
  index: number
  match: JsonObject
  place: Place
}

function shadowedIn(listener: Listener): Finding[] {
  const chains = objects(listener.raw, 'filter_chains').map((raw, index): Chain => {
    const name = string(raw, 'name')
    return {
      index,
      match: object(raw, 'filter_chain_match') ?? {},
      place: {
        path: [`listener ${listener.name}`, `filter chain ${index}${name ? ` (${name})` : ''}`],
        at: at(listener.at, 'filter_chains', index),
      },
    }
  })
  return chains.flatMap((chain) => shadowedChain(listener, chain, chains))
}

function shadowedChain(listener: Listener, chain: Chain, chains: readonly Chain[]): Finding[] {
  const missing = missingInspector(listener, chain.match) ?? foreignPort(listener, chain.match)
  const takers = new Set<number>()
  for (const connection of missing ? [] : connectionsFor(listener, chain.match)) {
    const chosen = chooseFilterChain(listener, connection, {}, false)
    if (chosen.some((way) => way.chain?.index === chain.index)) return []
    for (const way of chosen) if (way.chain) takers.add(way.chain.index)
  }
  const ranges = ['prefix_ranges', 'source_prefix_ranges', 'direct_source_prefix_ranges']
  // Of an address range only a few members are tried.
  const certain = missing !== null || !ranges.some((field) => objects(chain.match, field).length > 0)
  return [
    {
      ...chain.place,
      kind: 'filter chain',
      reachable: certain ? 'no' : 'undecided',
      reason: missing ?? 'other chains take its connections',
      takenBy: chains.filter(({index}) => takers.has(index)).map(({place}) => place),
    },
  ]
}

const inspector = (listener: Listener, name: string): boolean =>
  listener.filters.some(({type}) => type.includes(`.${name}.`))

/** What no listener filter finds out, no connection has. */
function missingInspector(listener: Listener, match: JsonObject): string | null {
  const [tls, http] = [inspector(listener, 'tls_inspector'), inspector(listener, 'http_inspector')]
  if (!tls && string(match, 'transport_protocol') === 'tls') return 'transport_protocol tls needs a tls_inspector'
  if (!tls && strings(match, 'server_names').length > 0) return 'server_names need a tls_inspector'
  if (!tls && !http && strings(match, 'application_protocols').length > 0)
    return 'application_protocols need a tls_inspector or http_inspector'
  return null
}

/** A listener that restores no destination sees its own ports alone. */
function foreignPort(listener: Listener, match: JsonObject): string | null {
  const wanted = number(match, 'destination_port')
  if (wanted === undefined || restores(listener) || listener.internal) return null
  const ports = listener.addresses.map(({address}) => address.port)
  return ports.includes(wanted) || ports.includes(0)
    ? null
    : `destination_port ${wanted}: it listens on ${ports.join(', ')} alone`
}

/** Whether local addresses other than its own can be seen: by original_dst, PROXY protocol, a transparent socket, or a hand-off. */
const restores = (listener: Listener): boolean =>
  listener.transparent ||
  !listener.bindToPort ||
  ['original_dst', 'proxy_protocol'].some((name) => inspector(listener, name))

const anyAddress = '203.0.113.77'
const anyPort = 65_431
const anyName = 'zz.invalid'

/** Connections that meet all that the chain asks for, and nothing that it leaves open. */
function* connectionsFor(listener: Listener, match: JsonObject): Generator<DownstreamConnection> {
  const own = listener.addresses.map(({address}) => address)
  const wanted = number(match, 'destination_port')
  const free = restores(listener) || own.length === 0 ? [anyPort] : []
  const ports = wanted === undefined ? [...free, ...own.map(({port}) => port)] : [wanted]
  const locals = addressesIn(match, 'prefix_ranges')
  for (const port of ports)
    for (const ip of locals)
      for (const source of sourcesFor(match, ip))
        for (const seen of inspectionsFor(listener, match))
          yield {
            peer: {ip: source.peer, port: source.port},
            remote: {ip: source.remote, port: source.port},
            local: {ip, port},
            originalDestination: null,
            tls: null,
            terminatesTls: false,
            inspected: seen,
            protocol: 'tcp',
          }
}

/** A few members of each range: the address as written, the first, and the one after. */
function addressesIn(match: JsonObject, field: string): string[] {
  const ranges = objects(match, field)
  if (ranges.length === 0) return [anyAddress]
  return ranges.flatMap((raw) => {
    const range = cidrRange(raw)
    if (!range) return []
    const {version, value} = range.network
    const [first, next] = [
      {version, value},
      {version, value: value + 1n},
    ]
    return [string(raw, 'address_prefix') ?? '', formatIpAddress(first), formatIpAddress(next)]
  })
}

interface Source {
  peer: string
  remote: string
  port: number
}

function* sourcesFor(match: JsonObject, local: string): Generator<Source> {
  const port = list(match, 'source_ports').find((value) => typeof value === 'number') ?? anyPort
  const type = string(match, 'source_type') ?? 'ANY'
  const outside = '198.51.100.7'
  const given = addressesIn(match, 'source_prefix_ranges').map((ip) => (ip === anyAddress ? outside : ip))
  const remotes = type === 'EXTERNAL' ? given : [...given, local, '127.0.0.1']
  const peers =
    objects(match, 'direct_source_prefix_ranges').length > 0 ? addressesIn(match, 'direct_source_prefix_ranges') : []
  for (const remote of remotes)
    for (const peer of peers.length > 0 ? peers : [remote]) yield {peer, remote, port: Number(port)}
}

/** What the inspectors find of TLS and plaintext connections that meet the chain's demands. */
function inspectionsFor(listener: Listener, match: JsonObject): DownstreamConnection['inspected'][] {
  const transport = string(match, 'transport_protocol') ?? ''
  const protocols = strings(match, 'application_protocols')
  const names = strings(match, 'server_names').map((name) => name.toLowerCase().replace('*', 'zz'))
  const [tls, http] = [inspector(listener, 'tls_inspector'), inspector(listener, 'http_inspector')]
  const plain = (protocol: string[]) => ({
    serverName: '',
    transportProtocol: 'raw_buffer',
    applicationProtocols: protocol,
  })
  const found: DownstreamConnection['inspected'][] = []
  if (tls && transport !== 'raw_buffer')
    for (const serverName of names.length > 0 ? names : ['', anyName])
      for (const protocol of protocols.length > 0 ? protocols.map((one) => [one]) : [[]])
        found.push({serverName, transportProtocol: 'tls', applicationProtocols: protocol})
  if (transport !== 'tls' && names.length === 0) {
    const inspected = protocols.filter((protocol) => ['http/1.0', 'http/1.1', 'h2c'].includes(protocol))
    if (protocols.length === 0) found.push(plain([]))
    else if (http) found.push(...inspected.map((protocol) => plain([protocol])))
  }
  return transport === '' || transport === 'tls' || transport === 'raw_buffer' ? found : []
}
