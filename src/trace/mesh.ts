import type {Assumption} from '../decision/assumption.js'
import {DataError, jsonFault} from '../errors.js'
import {type MosnDump, parseMosnDump} from '../mosn/parse/dump.js'
import {mosnDocumentKind} from '../mosn/parse/shape.js'
import {readPlaceRules} from '../netfilter/capture.js'
import {readPlaceEnvironment} from '../netfilter/environment/read-environment.js'
import type {Ruleset} from '../netfilter/ruleset.js'
import type {PodFacts, ServiceFacts, Snapshot} from '../snapshot/snapshot.js'
import {boundListener} from '../xds/match/listener.js'
import {parseConfigDump} from '../xds/parse/config-dump.js'
import type {Proxy, ProxyState} from '../xds/proxy.js'
import {isTransparent} from './mosn-proxy.js'
import type {Place} from './place.js'
import {hooksReader, type PlaceHooks} from './place-hooks.js'
import {parseHosts, parseResolvConf} from './resolver.js'
import {wildcards} from './socket.js'

/** The typed view of a snapshot: its places by name and by address, each parsed when it is first asked for. */
export interface Mesh {
  snapshot: Snapshot
  /** The pod called `namespace/name`. */
  pod(name: string): Place | null
  /** The node called `name`. */
  node(name: string): Place | null
  /** The pod, node or outside host that has this address. */
  byAddress(ip: string): Place | null
  /** The service whose cluster IP this is. */
  service(ip: string): ServiceFacts | null
  /** What DNS answers for a name in full; `domain` is the cluster's own (`cluster.local`). Null where the snapshot does not know the name. */
  answers(name: string, domain: string): string[] | null
  /** Whether the name is that of a service in the snapshot. */
  isService(name: string, domain: string): boolean
}

export const podName = (facts: {namespace: string; name: string}): string => `${facts.namespace}/${facts.name}`

/** @throws DataError from the place that is first asked for, when a file of it is malformed. */
export function buildMesh(snapshot: Snapshot): Mesh {
  const {document} = snapshot
  const hooksOf = hooksReader(snapshot)
  const pods = new Map(
    document.pods.map((facts) => [podName(facts), lazily(() => podPlace(snapshot, facts, hooksOf(facts)))]),
  )
  const nodes = new Map(document.nodes.map(({name, ip}) => [name, lazily(() => barePlace(snapshot, 'node', name, ip))]))
  const hosts = (document.outside ?? []).map((host) => ({
    ips: host.ips ?? (host.ip === undefined ? [] : [host.ip]),
    place: lazily(() => barePlace(snapshot, 'host', host.name, host.ip)),
  }))
  const byIp = new Map<string, () => Place>()
  for (const host of hosts) for (const ip of host.ips) byIp.set(ip, host.place)
  for (const {name, ip} of document.nodes) if (ip !== undefined) setFrom(byIp, ip, nodes.get(name))
  for (const facts of document.pods) if (facts.ip !== undefined) setFrom(byIp, facts.ip, pods.get(podName(facts)))
  return {
    snapshot,
    pod: (name) => pods.get(name)?.() ?? null,
    node: (name) => nodes.get(name)?.() ?? null,
    byAddress: (ip) => byIp.get(ip)?.() ?? null,
    service: (ip) => document.services.find(({clusterIP}) => clusterIP === ip) ?? null,
    answers: (name, domain) => answersOf(snapshot, name, domain),
    isService: (name, domain) => serviceCalled(snapshot, name, domain) !== undefined,
  }
}

function lazily<T>(make: () => T): () => T {
  let made: {value: T} | null = null
  return () => {
    made ??= {value: make()}
    return made.value
  }
}

function setFrom(byIp: Map<string, () => Place>, ip: string, place: (() => Place) | undefined): void {
  if (place) byIp.set(ip, place)
}

function podPlace(snapshot: Snapshot, facts: PodFacts, hooks: PlaceHooks | null): Place {
  const name = podName(facts)
  const read = reader(snapshot, `pods/${name}`)
  const gaps: Assumption[] = []
  const document = json(read, 'mosn/config_dump.json') ?? json(read, 'config_dump.json')
  const mosn =
    mosnDocumentKind(document) === null ? undefined : parseMosnDump(document, `${read.folder}/config_dump.json`)
  const proxy = mosn === undefined ? proxyOf(read, document) : null
  return {
    kind: 'pod',
    name,
    facts,
    rulesets: podRulesetsOf(read, facts, name, gaps),
    environment: withTransparency(environmentOf(read, name, facts, gaps), proxy, mosn),
    proxy,
    ...(mosn !== undefined && {mosn}),
    document,
    hooks,
    gaps,
    names: namesOf(read),
  }
}

function barePlace(snapshot: Snapshot, kind: 'node' | 'host', name: string, ip: string | undefined): Place {
  const read = reader(snapshot, `${kind}s/${name}`)
  const gaps: Assumption[] = []
  // A host outside the mesh is seen from its sockets alone; its own rules are not asked for.
  const rulesets = kind === 'node' ? rulesetsOf(read, `node ${name}`, gaps) : []
  return {
    kind,
    name,
    facts: null,
    rulesets,
    environment: environmentOf(read, name, ip === undefined ? {} : {ip}, gaps),
    proxy: null,
    document: undefined,
    hooks: null,
    gaps,
    names: namesOf(read),
  }
}

/** Reads files of one place by their names in `folder`; null for what was not captured. */
interface Reader {
  (file: string): string | null
  folder: string
}

const reader = (snapshot: Snapshot, folder: string): Reader =>
  Object.assign((file: string) => snapshot.text(`${folder}/${file}`), {folder})

/** Every rule set of a namespace; a place of which none was captured is taken to have none, and says so. */
function rulesetsOf(read: Reader, name: string, gaps: Assumption[]): Ruleset[] {
  const rulesets = readPlaceRules(read, read.folder)
  if (rulesets.length === 0)
    gaps.push({about: `rules of ${name}`, assumed: 'there are none: none were captured', at: read.folder, turn: null})
  return rulesets
}

/** Rules that nobody has read are those that Istio would write: computed by the capture from what the pod asks for. */
function podRulesetsOf(read: Reader, {rulesFrom}: PodFacts, name: string, gaps: Assumption[]): Ruleset[] {
  if (rulesFrom?.startsWith('derived') === true)
    gaps.push({about: `rules of ${name}`, assumed: `they are as ${rulesFrom}`, at: read.folder, turn: null})
  return rulesetsOf(read, name, gaps)
}

function environmentOf(
  read: Reader,
  name: string,
  {ip, interceptionMode}: Pick<PodFacts, 'ip' | 'interceptionMode'>,
  gaps: Assumption[],
): Place['environment'] {
  const environment = readPlaceEnvironment(read, read.folder)
  if (environment.interfaces !== undefined) return environment
  if (ip === undefined && read('mosn/config_dump.json') === null) return environment
  gaps.push({
    about: `addresses and routes of ${name}`,
    assumed: `lo and eth0 with ${ip ?? 'an address that is not known'}, and a default route by eth0`,
    at: read.folder,
    turn: null,
  })
  return {...environment, ...plainNetwork(ip, interceptionMode === 'TPROXY')}
}

/** `ss` does not show IP_TRANSPARENT; of the proxy's own sockets its listeners tell. */
export function withTransparency(
  environment: Place['environment'],
  proxy: Proxy | null,
  mosn?: MosnDump,
): Place['environment'] {
  if ((proxy === null && mosn === undefined) || environment.listeners === undefined) return environment
  const listeners = environment.listeners.map((socket) => {
    const ip = wildcards.has(socket.address) ? '0.0.0.0' : socket.address
    const address = {ip, port: socket.port}
    if (socket.proto === 'tcp' && mosn !== undefined) return {...socket, transparent: isTransparent(mosn, address)}
    const found = socket.proto === 'tcp' && proxy !== null ? boundListener(proxy.dump, address) : null
    return found === null ? socket : {...socket, transparent: found.listener.transparent}
  })
  return {...environment, listeners}
}

/** The same where not even the address is known. */
const unnumberedNetwork: Place['environment'] = {
  interfaces: [
    {name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']},
    {name: 'eth0', index: 2, addresses: []},
  ],
  ipRoutes: [
    'local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1',
    'default via 169.254.1.1 dev eth0',
  ],
}

/**
 * The network namespace that a pod has at least: loopback, and one interface with its address. For TPROXY istio-iptables adds the local route
 * of what it marked.
 */
function plainNetwork(ip: string | undefined, tproxy: boolean): Place['environment'] {
  if (ip === undefined) return unnumberedNetwork
  const [bits, family] = ip.includes(':') ? [128, 'fe80::1'] : [32, '169.254.1.1']
  return {
    interfaces: [
      {name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']},
      {name: 'eth0', index: 2, addresses: [`${ip}/${bits}`]},
    ],
    ...(tproxy && {ipRules: tproxyRules}),
    ipRoutes: [
      ...(tproxy ? ['local default dev lo table 133 scope host'] : []),
      'local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1',
      `local ${ip} dev eth0 table local proto kernel scope host src ${ip}`,
      `default via ${family} dev eth0`,
    ],
  }
}

const tproxyRules = [
  '0: from all lookup local',
  '32765: from all fwmark 0x539 lookup 133',
  '32766: from all lookup main',
  '32767: from all lookup default',
]

function proxyOf(read: Reader, document: unknown): Proxy | null {
  if (document === undefined) return null
  const state: ProxyState = {}
  const clusters = json(read, 'clusters.json')
  if (clusters !== undefined) state.clusters = clusters
  const serverInfo = json(read, 'server_info.json')
  if (serverInfo !== undefined) state.serverInfo = serverInfo
  const runtime = json(read, 'runtime.json')
  if (runtime !== undefined) state.runtime = runtime
  const certs = json(read, 'certs.json')
  if (certs !== undefined) state.certs = certs
  return {dump: parseConfigDump(document, `${read.folder}/config_dump.json`), state}
}

/** A captured JSON file; undefined where it was not captured. */
function json(read: Reader, file: string): unknown {
  const text = read(file)
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DataError(`is not JSON: ${jsonFault(error)}`, `${read.folder}/${file}`, 'Capture it again')
  }
}

/** What DNS answers for a name in full: what the capture says of it, else what the cluster's DNS says of a service. */
function answersOf(snapshot: Snapshot, name: string, domain: string): string[] | null {
  const known = snapshot.document.hosts?.[name]
  if (known !== undefined) return known
  const service = serviceCalled(snapshot, name, domain)
  if (service === undefined) return null
  const {clusterIP} = service
  if (clusterIP !== undefined && clusterIP !== 'None' && clusterIP !== '') return [clusterIP]
  return (service.endpoints ?? []).map(({ip}) => ip)
}

const serviceCalled = ({document}: Snapshot, wanted: string, domain: string): ServiceFacts | undefined =>
  document.services.find(({name, namespace}) => wanted === `${name}.${namespace}.svc.${domain}`)

function namesOf(read: Reader): Place['names'] {
  const [hosts, resolver] = [read('hosts.txt'), read('resolv.conf')]
  return {
    hosts: hosts === null ? null : parseHosts(hosts),
    resolver: resolver === null ? null : parseResolvConf(resolver),
  }
}
