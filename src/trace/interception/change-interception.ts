import {type IdealPod, idealContainers, idealInterception} from '../../ebpf/ideal.js'
import {istioBuild} from '../../ebpf/mesh-build.js'
import {entryListener} from '../../xds/match/listener.js'
import {type Mesh, withTransparency} from '../mesh.js'
import {isNamed} from '../named-pod.js'
import type {Place} from '../place.js'
import type {PlaceHooks} from '../place-hooks.js'
import {withEntrances} from './envoy-mode.js'
import {istioRules} from './istio-rules.js'
import type {InterceptionMode} from './mode.js'
import {capturedNameServers, podConfigOf, settingsOf} from './pod-settings.js'
import {withoutIstio} from './tear-down.js'

/** Whether a pod's connections are meant to be intercepted: it has a sidecar, and is no gateway. */
export const isIntercepted = ({kind, facts, proxy}: Place): boolean =>
  kind === 'pod' &&
  facts?.role !== 'router' &&
  proxy !== null &&
  (entryListener(proxy.dump, 'outbound') !== null || entryListener(proxy.dump, 'inbound') !== null)

/** A pod as it would be if its traffic were intercepted in this way, by its own settings. Others stay as they are. */
export function changeInterception(mesh: Mesh, place: Place, mode: InterceptionMode, only: string | null): Place {
  if (!isIntercepted(place)) return place
  const bare = withEnvoy(withoutIstio(place), mode === 'TPROXY')
  switch (mode) {
    case 'none':
      return bare
    case 'takeover':
      return {...bare, takenOver: true}
    case 'ebpf':
    case 'hook-connect':
      return asUser({...bare, hooks: hooksOf(mesh, place, mode === 'ebpf', only)}, istioBuild.sidecarUid)
    case 'REDIRECT':
    case 'TPROXY':
      return asUser(withRules(mesh, place, bare, mode), mode === 'TPROXY' ? 0 : 1337)
  }
}

/** TPROXY asks for a proxy that runs as root, in the group that the rules know (the injector's template). */
const asUser = (place: Place, proxyUid: number): Place =>
  place.facts === null ? place : {...place, facts: {...place.facts, proxyUid, proxyGid: 1337}}

function withEnvoy(place: Place, transparent: boolean): Place {
  if (place.proxy === null) return place
  const proxy = withEntrances(place.proxy, transparent)
  return {...place, proxy, environment: withTransparency(place.environment, proxy)}
}

function withRules(mesh: Mesh, captured: Place, bare: Place, mode: 'REDIRECT' | 'TPROXY'): Place {
  const version = captured.facts?.ip?.includes(':') === true ? 6 : 4
  const rules = istioRules({
    intent: settingsOf(mesh, captured),
    mode,
    version,
    nameServers: capturedNameServers(captured).filter((ip) => ip.includes(':') === (version === 6)),
  })
  const {environment} = bare
  return {
    ...bare,
    rulesets: [rules, ...bare.rulesets],
    environment: mode === 'TPROXY' ? withLocalRoute(environment, version) : environment,
  }
}

/** What TPROXY took is routed to the local sockets (istio-iptables: table 133 for the mark 0x539). */
function withLocalRoute(environment: Place['environment'], version: 4 | 6): Place['environment'] {
  const {ipRules, ipRoutes} = environment
  const route = `local default dev lo table 133 scope host`
  return {
    ...environment,
    ...(ipRules !== undefined && {ipRules: inserted(ipRules, '32765: from all fwmark 0x539 lookup 133', version)}),
    ...(ipRoutes !== undefined && {ipRoutes: version === 4 ? [route, ...ipRoutes] : [...ipRoutes, route]}),
  }
}

/** Lines of `ip rule` by priority: the IPv4 ones, then the IPv6 ones, each beginning at 0. */
function inserted(lines: readonly string[], rule: string, version: 4 | 6): string[] {
  const second = lines.findIndex((line, index) => index > 0 && line.startsWith('0:'))
  const [from, to] =
    version === 4 || second === -1 ? [0, second === -1 ? lines.length : second] : [second, lines.length]
  const at = lines.findIndex((line, index) => index >= from && index < to && Number(line.split(':')[0]) >= 32_766)
  const place = at === -1 ? to : at
  return [...lines.slice(0, place), rule, ...lines.slice(place)]
}

/** The pods of one node share its programs and their maps. */
function hooksOf(mesh: Mesh, place: Place, handsOver: boolean, only: string | null): PlaceHooks {
  const node = place.facts?.node
  const pods = mesh.snapshot.document.pods.flatMap((facts): IdealPod[] => {
    const name = `${facts.namespace}/${facts.name}`
    const other = facts.node === node ? mesh.pod(name) : null
    if (other === null || facts.ip === undefined || !isIntercepted(other) || (only !== null && !isNamed(name, only)))
      return []
    return [{name, ip: facts.ip, config: podConfigOf(settingsOf(mesh, other))}]
  })
  const index = pods.findIndex(({name}) => name === place.name)
  const own = pods[index]
  const containers = own === undefined ? {app: null, proxy: null} : idealContainers(own, index)
  const hooks = idealInterception(pods, handsOver)
  const kernel = `node ${node ?? place.name}`
  return {hooks, cgroups: [], sawInterfaces: true, kernel, ...containers, proxyPid: -1 - index}
}
