import {formatNetwork} from '../../address/network.js'
import type {PlacedEbpfFinding} from '../../ebpf/check/finding.js'
import type {Interception, membershipFlag, originFlag, PodConfig} from '../../ebpf/interception.js'
import type {RecognisedProgram} from '../../ebpf/program.js'
import {sayEbpfFinding} from './finding-words.js'

/** What was looked at: a node, a pod, a process, a folder. */
export interface EbpfPlace {
  place: string
  hooks: Interception
  findings: PlacedEbpfFinding[]
  /** `namespace/name` by address, as far as it is known. */
  podNames: ReadonlyMap<string, string>
}

interface ShownPodConfig {
  ip: string
  pod: string | null
  statusPort: number
  excludeOutPorts: number[]
  excludeOutRanges: string[]
  includeOutPorts: number[]
  includeOutRanges: string[]
  excludeInPorts: number[]
  includeInPorts: number[]
}

const shownConfig = (ip: string, config: PodConfig, names: ReadonlyMap<string, string>): ShownPodConfig => ({
  ip,
  pod: names.get(ip) ?? null,
  statusPort: config.statusPort,
  excludeOutPorts: config.excludeOutPorts,
  excludeOutRanges: config.excludeOutRanges.map(formatNetwork),
  includeOutPorts: config.includeOutPorts,
  includeOutRanges: config.includeOutRanges.map(formatNetwork),
  excludeInPorts: config.excludeInPorts,
  includeInPorts: config.includeInPorts,
})

/** Bits of the maps, held to the readers' own. */
const bits = {ambient: 1, dns: 2, ztunnel: 4} satisfies typeof membershipFlag
const byTc = 8 satisfies (typeof originFlag)['tc']

const flagNames = (flags: number): string[] =>
  Object.entries(bits).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]))

function shownProgram(program: RecognisedProgram, {maps}: Interception) {
  const {id, name, type, role, pinned, tag} = program
  const attached = program.attachments.map(({point, spelling, where}) => ({point: point ?? spelling, where}))
  const used = maps.filter((map) => program.mapIds.includes(map.id))
  return {
    id,
    name,
    type,
    role,
    tag,
    attached,
    /** The kernel does not show whether such a program is attached. */
    attachmentSeen: type !== 'sk_msg' || attached.length > 0,
    maps: used.map((map) => ({id: map.id, name: map.name, role: map.role})),
    pinned,
  }
}

function shownPlace({place, hooks, podNames}: EbpfPlace) {
  const {content, cgroups, build} = hooks
  const sizes = {
    originals: content.originals?.size,
    pairs: content.pairs?.size,
    sockets: content.sockets?.size,
    memberships: content.memberships?.size,
    pods: content.pods?.size,
    processes: content.processes?.size,
    marks: content.marks?.size,
    settings: undefined,
  }
  return {
    place,
    mode: {
      mesh: build.mesh,
      outboundPort: build.outPort,
      inboundPort: build.inPort,
      sidecarUid: build.sidecarUid,
      cni: hooks.cni,
      useReconnect: hooks.reconnects,
    },
    programs: hooks.programs.map((program) => shownProgram(program, hooks)),
    maps: hooks.maps
      .filter(({role}) => role !== null)
      .map(({id, name, role, type, maxEntries, pinned}) => ({
        id,
        name,
        role,
        type,
        entries: role === null ? null : (sizes[role] ?? null),
        maxEntries,
        pinned,
      })),
    containers: [...(content.memberships ?? [])].map(([id, {inMesh, ip, flags, detected}]) => {
      const cgroup = cgroups.find((one) => one.id === id)
      return {
        cgroup: id,
        path: cgroup?.path ?? null,
        container: cgroup?.container ?? null,
        pod: cgroup?.pod ?? (ip === null ? null : (podNames.get(ip) ?? null)),
        inMesh,
        ip,
        flags: flagNames(flags),
        detected: flagNames(detected),
      }
    }),
    pods: [...(content.pods ?? [])].map(([ip, config]) => shownConfig(ip, config, podNames)),
    originals: [...(content.pairs ?? [])].map(([pair, {destination, flags}]) => ({
      connection: pair,
      original: `${destination.ip}:${destination.port}`,
      by: (flags & byTc) === 0 ? 'connect' : 'tc',
    })),
    sockets: [...(content.sockets ?? [])],
    processes: [...(content.processes ?? [])].map(([pid, ip]) => ({pid, ip, pod: podNames.get(ip) ?? null})),
    marks: [...(content.marks ?? [])].map(([mark, ip]) => ({mark: `0x${mark.toString(16)}`, ip})),
    ztunnel: content.ztunnel,
    warnings: hooks.warnings,
  }
}

/** The document of `ebpf show`. */
export const ebpfDocument = (places: readonly EbpfPlace[]) => ({
  apiVersion: 'sidetrace/v1' as const,
  kind: 'EbpfOverview' as const,
  places: places.map(shownPlace),
  findings: places.flatMap(({place, findings}) =>
    findings.map(({code, severity, finding}) => ({code, severity, place, ...sayEbpfFinding(finding), finding})),
  ),
})

export type EbpfDocument = ReturnType<typeof ebpfDocument>
