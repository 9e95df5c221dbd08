import {formatNetwork} from '../../address/network.js'
import {hasOwnMarks} from '../evaluate/bind.js'
import {programName} from '../evaluate/programs.js'
import type {Interception, PodConfig} from '../interception.js'
import type {Cgroup, ProgramRole} from '../program.js'
import {byWeight, type EbpfFinding, type PlacedEbpfFinding, placed} from './finding.js'

/** What else is known of a pod on the node. */
export interface PodOnNode {
  /** `namespace/name`. */
  name: string
  ips: readonly string[]
  /** It has a sidecar, and is no gateway. */
  inMesh: boolean
  /** What its annotations ask for; null where they are not known. */
  asked: PodConfig | null
  /** Sockets that listen for TCP; null where they were not captured. */
  listens: readonly {address: string; port: number; process?: string}[] | null
  /** Whether rules of it change destinations; null where they were not captured. */
  natRules: boolean | null
  /** Whether a program on its interface takes what comes in; null where its interfaces were not captured. */
  tcInbound: boolean | null
  /** Its containers. */
  cgroups: readonly Cgroup[]
}

/** What is wrong with programs and maps, gravest first. Without pods only what the maps prove. */
export function checkInterception(hooks: Interception, pods: readonly PodOnNode[] = []): PlacedEbpfFinding[] {
  // What programs of others do is not judged.
  if (!hooks.programs.some(({role}) => role === 'connect4')) return byWeight(strangers(hooks).map(placed))
  const found: EbpfFinding[] = [
    ...partsOf(hooks),
    ...containersOf(hooks, pods),
    ...listsOf(hooks, pods),
    ...pods.filter(({inMesh}) => inMesh).flatMap((pod) => podOf(hooks, pod)),
    ...ipv6Of(hooks, pods),
    ...fullMaps(hooks),
    ...strangers(hooks),
  ]
  return byWeight(found.map(placed))
}

/** Without these a connection that the connect hook redirected is lost, or not taken in. */
const needed: readonly ProgramRole[] = ['sockops', 'getsockopt']

function partsOf(hooks: Interception): EbpfFinding[] {
  const {programs, maps} = hooks
  const missing = needed
    .filter((role) => !programs.some((program) => program.role === role))
    .map((role): EbpfFinding => ({kind: 'missing-part', role}))
  const loose = programs.flatMap((program): EbpfFinding[] => {
    const {role, type, attachments, mapIds} = program
    if (role === null || attachments.length > 0) return []
    if (type === 'sk_msg') {
      const map = maps.find(({id, role: of}) => of === 'sockets' && mapIds.includes(id))
      return map === undefined ? [] : [{kind: 'unseen-attachment', program: programName(program), map: map.id}]
    }
    // Interfaces are seen from inside a pod alone, and probes not at all.
    return role.startsWith('tc-') || role === 'processes'
      ? []
      : [{kind: 'not-attached', role, program: programName(program)}]
  })
  return [...missing, ...loose, ...privateMarks(hooks)]
}

function privateMarks(hooks: Interception): EbpfFinding[] {
  if (!hooks.cni || !hasOwnMarks(hooks)) return []
  const marks = (role: ProgramRole): number[] =>
    hooks.programs
      .filter((program) => program.role === role)
      .flatMap(({mapIds}) => mapIds.filter((id) => hooks.maps.some((map) => map.id === id && map.role === 'marks')))
  return [{kind: 'private-marks', bind: marks('bind'), connect: marks('connect4')}]
}

function containersOf(hooks: Interception, pods: readonly PodOnNode[]): EbpfFinding[] {
  const entries = [...(hooks.content.memberships ?? [])]
  const found = entries.flatMap(([id, {inMesh, ip}]): EbpfFinding[] => {
    const pod = pods.find(({cgroups}) => cgroups.some((cgroup) => cgroup.id === id))
    const own = pod?.cgroups.find((cgroup) => cgroup.id === id) ?? hooks.cgroups.find((cgroup) => cgroup.id === id)
    const path = own?.path ?? null
    const named = pod?.name ?? own?.pod ?? null
    if (inMesh) return ip === null ? [{kind: 'unknown-address', cgroup: id, path}] : []
    // A container of a pod that is not in the mesh is rightly kept out of it.
    if (pod !== undefined && !pod.inMesh) return []
    return [{kind: 'kept-out', cgroup: id, path, pod: pod?.inMesh === true ? named : null}]
  })
  const unknown = entries.filter(([, {inMesh, ip}]) => inMesh && ip === null).length
  return hooks.reconnects && unknown > 0 ? [...found, {kind: 'first-fails', unknown}] : found
}

/** Room in each list of a pod. */
const room = 20

const lists = (config: PodConfig): [string, string[]][] => [
  ['exclude_out_ports', config.excludeOutPorts.map(String)],
  ['exclude_out_ranges', config.excludeOutRanges.map(formatNetwork)],
  ['include_out_ports', config.includeOutPorts.map(String)],
  ['include_out_ranges', config.includeOutRanges.map(formatNetwork)],
  ['exclude_in_ports', config.excludeInPorts.map(String)],
  ['include_in_ports', config.includeInPorts.map(String)],
]

function listsOf({content}: Interception, pods: readonly PodOnNode[]): EbpfFinding[] {
  return [...(content.pods ?? [])].flatMap(([ip, config]) => {
    const pod = pods.find(({ips}) => ips.includes(ip))
    const name = pod?.name ?? ip
    const full = lists(config).flatMap(([list, items]): EbpfFinding[] =>
      items.length >= room ? [{kind: 'full-list', pod: name, list, room}] : [],
    )
    const both: EbpfFinding[] =
      config.includeOutPorts.length > 0 && config.includeOutRanges.length > 0
        ? [
            {
              kind: 'both-lists',
              pod: name,
              ports: config.includeOutPorts,
              ranges: config.includeOutRanges.map(formatNetwork),
            },
          ]
        : []
    return [...full, ...both, ...staleLists(name, config, pod?.asked ?? null)]
  })
}

function staleLists(pod: string, has: PodConfig, asked: PodConfig | null): EbpfFinding[] {
  if (asked === null) return []
  const wanted = new Map(lists(asked))
  return lists(has).flatMap(([list, items]): EbpfFinding[] => {
    const other = wanted.get(list) ?? []
    const same = items.length === other.length && items.every((item) => other.includes(item))
    return same ? [] : [{kind: 'stale-configuration', pod, list, has: items.join(','), asked: other.join(',')}]
  })
}

function podOf(hooks: Interception, pod: PodOnNode): EbpfFinding[] {
  const {outPort, inPort} = hooks.build
  // `*` is an IPv6 socket that takes IPv4 too; `::` is how a namespace without IPv6 shows it.
  const sockets = (pod.listens ?? [])
    .filter(({port, address}) => (port === outPort || port === inPort) && ['*', '::'].includes(address))
    .map(({port, process}): EbpfFinding => ({kind: 'ipv6-listener', pod: pod.name, port, process: process ?? null}))
  const rules: EbpfFinding[] = pod.natRules === true ? [{kind: 'rules-remain', pod: pod.name}] : []
  const open: EbpfFinding[] =
    pod.natRules === false && pod.tcInbound === false ? [{kind: 'open-from-outside', pod: pod.name}] : []
  return [...sockets, ...rules, ...open]
}

function ipv6Of(hooks: Interception, pods: readonly PodOnNode[]): EbpfFinding[] {
  if (hooks.programs.some(({role}) => role === 'connect6')) return []
  const names = pods.filter(({inMesh, ips}) => inMesh && ips.some((ip) => ip.includes(':'))).map(({name}) => name)
  return names.length === 0 ? [] : [{kind: 'no-ipv6', pods: names}]
}

function fullMaps({maps, content}: Interception): EbpfFinding[] {
  const sizes: [string, number | undefined][] = [
    ['originals', content.originals?.size],
    ['pairs', content.pairs?.size],
    ['memberships', content.memberships?.size],
    ['processes', content.processes?.size],
  ]
  return sizes.flatMap(([role, entries = 0]) => {
    const map = maps.find((one) => one.role === role && one.type === 'lru_hash')
    return map !== undefined && entries >= map.maxEntries
      ? [{kind: 'full-map', map: map.name, entries, room: map.maxEntries}]
      : []
  })
}

const strangers = ({programs}: Interception): EbpfFinding[] =>
  programs
    .filter(({role}) => role === null)
    .flatMap((program) =>
      program.attachments.flatMap(({point}) =>
        point === null ? [] : [{kind: 'stranger' as const, program: programName(program), point}],
      ),
    )
