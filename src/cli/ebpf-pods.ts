import type {PodOnNode} from '../ebpf/check/check-interception.js'
import type {Interception} from '../ebpf/interception.js'
import {seenFromPod} from '../ebpf/parse/from-pod.js'
import type {BpftoolFiles} from '../ebpf/parse/read-interception.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {podConfigOf, settingsOf} from '../trace/interception/pod-settings.js'
import {buildMesh, type Mesh} from '../trace/mesh.js'
import type {Place} from '../trace/place.js'

/** What the capture tells of a node's pods, for judging the programs that serve them. */
export function podsOnNode(snapshot: Snapshot, node: string | undefined, hooks: Interception): PodOnNode[] {
  const mesh = buildMesh(snapshot)
  return snapshot.document.pods.filter((facts) => facts.node === node).map((facts) => podOnNode(mesh, facts, hooks))
}

function podOnNode(mesh: Mesh, facts: PodFacts, hooks: Interception): PodOnNode {
  const name = `${facts.namespace}/${facts.name}`
  const place = mesh.pod(name)
  const {cgroups, sawInterfaces, hooks: seen} = seenFromPod(hooks, podFiles(mesh.snapshot, name), name)
  const tc = seen.programs.some(({role, attachments}) => role === 'tc-ingress' && attachments.length > 0)
  return {
    name,
    ips: facts.ip === undefined ? [] : [facts.ip],
    inMesh: facts.sidecar === true && facts.role !== 'router',
    asked: place === null || !asksAnything(mesh.snapshot, facts) ? null : podConfigOf(settingsOf(mesh, place)),
    listens: place?.environment.listeners?.filter(({proto}) => proto === 'tcp') ?? null,
    natRules: place === null ? null : hasNatRules(place),
    tcInbound: sawInterfaces ? tc : null,
    cgroups,
  }
}

/** Nothing is compared with what a pod does not say. */
const asksAnything = (snapshot: Snapshot, {namespace, name, annotations}: PodFacts): boolean =>
  annotations !== undefined || snapshot.text(`pods/${namespace}/${name}/istio-iptables.cmd`) !== null

function hasNatRules({rulesets, gaps}: Place): boolean | null {
  if (gaps.some(({about}) => about.startsWith('rules of'))) return null
  return rulesets.some(({tables}) =>
    tables.some(({chains}) => chains.some(({base, rules}) => base?.type === 'nat' && rules.length > 0)),
  )
}

const podFiles = (snapshot: Snapshot, name: string): BpftoolFiles => ({
  text: (file) => snapshot.text(`pods/${name}/ebpf/${file}`),
  names: () =>
    snapshot
      .files()
      .filter((path) => path.startsWith(`pods/${name}/ebpf/`))
      .map((path) => path.slice(`pods/${name}/ebpf/`.length)),
})
