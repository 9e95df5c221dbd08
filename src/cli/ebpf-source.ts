import {checkInterception, type PodOnNode} from '../ebpf/check/check-interception.js'
import type {Interception} from '../ebpf/interception.js'
import {seenFromPod} from '../ebpf/parse/from-pod.js'
import {type BpftoolFiles, readInterception} from '../ebpf/parse/read-interception.js'
import {DataError, SourceError, UsageError} from '../errors.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import type {EbpfPlace} from '../views/ebpf/document.js'
import {interceptorMaps} from './interceptor-maps.js'
import {Flags} from './oclif.js'

/** The flags that say whose programs are shown. */
export const ebpfSourceFlags = {
  from: Flags.string({
    summary: 'Snapshot folder, a .tar.gz of one, or the word sample.',
    helpValue: 'SNAPSHOT',
    exclusive: ['folder', 'pid', 'cgroup'],
  }),
  pod: Flags.string({
    summary: 'The pod of the snapshot: what concerns it alone.',
    helpValue: '[NS/]NAME',
    dependsOn: ['from'],
    exclusive: ['node'],
  }),
  node: Flags.string({summary: 'The node of the snapshot.', helpValue: 'NAME', dependsOn: ['from']}),
  folder: Flags.string({
    char: 'f',
    summary: 'Folder with the answers of bpftool -j: prog-show.json, map-show.json, cgroup-tree.json, map-dump-*.json.',
    helpValue: 'FOLDER',
    exclusive: ['pid', 'cgroup'],
  }),
  pid: Flags.integer({summary: 'A process on this node: its cgroup and its network namespace (root).', helpValue: 'N'}),
  cgroup: Flags.string({
    summary: 'A cgroup on this node: what runs for processes in it (root).',
    helpValue: 'PATH',
    exclusive: ['pid'],
  }),
}

export interface EbpfSourceFlags {
  from?: string | undefined
  pod?: string | undefined
  node?: string | undefined
  folder?: string | undefined
  pid?: number | undefined
  cgroup?: string | undefined
}

const whatToCapture = 'A capture has them where it was made as root on a node with bpftool'

/** Reads the programs that the flags name; without any, those of this node. @throws UsageError, SourceError, DataError */
export async function openEbpf(flags: EbpfSourceFlags): Promise<EbpfPlace[]> {
  if (flags.from !== undefined) return ofSnapshot(flags.from, flags)
  if (flags.folder !== undefined) return [await ofFolder(flags.folder)]
  if (flags.pid !== undefined || flags.cgroup !== undefined) return [await ofThisNode(flags)]
  throw new UsageError(
    'no programs are named',
    'ebpf show',
    'Give --from SNAPSHOT, -f FOLDER, --pid N or --cgroup PATH',
  )
}

async function ofFolder(path: string): Promise<EbpfPlace> {
  const [{readdirSync, readFileSync}, {join}, {fileError}] = await Promise.all([
    import('node:fs'),
    import('node:path'),
    import('../sources/file-error.js'),
  ])
  let names: string[]
  try {
    names = readdirSync(path, {withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map(({name}) => name)
  } catch (error) {
    throw fileError(error, path)
  }
  const hooks = readInterception({
    text: (file) => (names.includes(file) ? readFileSync(join(path, file), 'utf8') : null),
    names: () => names,
  })
  if (hooks === null) throw new DataError('has no prog-show.json', path, 'Write bpftool -j -f prog show into it')
  return {place: path, hooks, findings: checkInterception(hooks), podNames: new Map()}
}

async function ofThisNode({pid, cgroup}: EbpfSourceFlags): Promise<EbpfPlace> {
  const [{readBpftool}, {cgroupOfProcess}] = await Promise.all([
    import('../sources/bpftool.js'),
    import('../sources/process-cgroup.js'),
  ])
  const path =
    cgroup === undefined ? (pid === undefined ? null : cgroupOfProcess(pid)) : cgroup.replace(/(?<=.)\/+$/, '')
  const {files, warnings} = await readBpftool({pid: pid ?? null, wanted: interceptorMaps})
  const hooks = readInterception({text: (file) => files[file] ?? null, names: () => Object.keys(files)})
  if (hooks === null) throw new DataError('listed no programs', 'bpftool prog show')
  const seen = path === null ? hooks : seenFromCgroup(hooks, path)
  const shown = {...seen, warnings: [...warnings, ...seen.warnings]}
  const place = pid === undefined ? `cgroup ${path}` : `process ${pid}${path === null ? '' : `, cgroup ${path}`}`
  return {place, hooks: shown, findings: checkInterception(shown), podNames: new Map()}
}

/** Programs as they run for one cgroup: those attached to it, above it, or to no cgroup. */
function seenFromCgroup(hooks: Interception, path: string): Interception {
  const runs = (where: string): boolean =>
    !where.startsWith('/') || where === path || path.startsWith(where.endsWith('/') ? where : `${where}/`)
  const programs = hooks.programs.flatMap((program) => {
    const attachments = program.attachments.filter(({where}) => runs(where))
    return program.attachments.length > 0 && attachments.length === 0 ? [] : [{...program, attachments}]
  })
  return {...hooks, programs, attachments: hooks.attachments.filter(({where}) => runs(where))}
}

async function ofSnapshot(origin: string, {pod, node}: EbpfSourceFlags): Promise<EbpfPlace[]> {
  const [{openSnapshot}, {findPod, podId}, {podsOnNode}] = await Promise.all([
    import('../sources/open-snapshot.js'),
    import('../snapshot/pod-name.js'),
    import('./ebpf-pods.js'),
  ])
  const snapshot = await openSnapshot(origin)
  const {document} = snapshot
  const podNames = new Map(
    document.pods.flatMap((facts) => (facts.ip === undefined ? [] : [[facts.ip, podId(facts)] as const])),
  )
  const judge = (facts: PodFacts, hooks: Interception) =>
    podsOnNode(snapshot, facts.node, hooks).filter(({name}) => name === podId(facts))
  if (pod !== undefined) return [ofPod(snapshot, findPod(document, pod), podNames, judge)]
  const named = node === undefined ? document.nodes.map(({name}) => name) : [node]
  if (node !== undefined && !document.nodes.some(({name}) => name === node))
    throw new SourceError(
      'missing',
      'no such node in the snapshot',
      node,
      `It holds ${document.nodes.map(({name}) => name).join(', ') || 'no nodes'}`,
    )
  const places = named.flatMap((name) => {
    const hooks = readInterception(filesIn(snapshot, `nodes/${name}/ebpf`))
    if (hooks === null) return []
    return [{place: name, hooks, findings: checkInterception(hooks, podsOnNode(snapshot, name, hooks)), podNames}]
  })
  if (places.length > 0) return places
  const own = document.pods.filter((facts) => snapshot.text(`pods/${podId(facts)}/ebpf/prog-show-f.json`) !== null)
  if (own.length === 0 || node !== undefined)
    throw new DataError('has no eBPF programs in the capture', node ?? origin, whatToCapture)
  return own.map((facts) => ofPod(snapshot, facts, podNames, judge))
}

/** A pod's own folder, over what its node has. */
function ofPod(
  snapshot: Snapshot,
  facts: PodFacts,
  podNames: ReadonlyMap<string, string>,
  judge: (facts: PodFacts, hooks: Interception) => PodOnNode[],
): EbpfPlace {
  const name = `${facts.namespace}/${facts.name}`
  const own = filesIn(snapshot, `pods/${name}/ebpf`)
  const node =
    readInterception(own) ??
    (facts.node === undefined ? null : readInterception(filesIn(snapshot, `nodes/${facts.node}/ebpf`)))
  if (node === null) throw new DataError('has no eBPF programs in the capture', name, whatToCapture)
  const {hooks, cgroups} = seenFromPod(node, own, name)
  const known = cgroups.length === 0 ? hooks : {...hooks, cgroups}
  return {place: name, hooks: known, findings: checkInterception(known, judge(facts, known)), podNames}
}

const filesIn = (snapshot: Snapshot, folder: string): BpftoolFiles => ({
  text: (file) => snapshot.text(`${folder}/${file}`),
  names: () =>
    snapshot
      .files()
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1)),
})
