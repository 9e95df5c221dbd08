import {parseSocketAddress} from '../../address/socket-address.js'
import type {Interception, MeshBuild} from '../interception.js'
import {istioBuild, meshBuilds} from '../mesh-build.js'
import type {Attachment, Cgroup, RecognisedMap, RecognisedProgram} from '../program.js'
import {readCgroups} from './cgroups.js'
import {readContent} from './dumps.js'
import {type Fields, readAnswer} from './json.js'
import {readCgroup, readCgroupProgram, readLink, readMap, readNet, readProgram} from './listing.js'
import {recogniseMaps, recognisePrograms} from './recognise.js'

/** Files of one folder by name; null for one that is not there. `names` lists them. */
export interface BpftoolFiles {
  text(file: string): string | null
  names(): readonly string[]
}

/** The capture has the listing with pins where both were made: without `-f` bpftool leaves them out. */
const first = (files: BpftoolFiles, ...names: string[]): {file: string; text: string} | null => {
  for (const file of names) {
    const text = files.text(file)
    if (text !== null) return {file, text}
  }
  return null
}

/**
 * Reads what bpftool printed on a node, and recognises the programs that intercept a mesh's traffic. Files: `prog-show[-f].json`,
 * `map-show[-f].json`, `cgroup-tree.json` (or `cgroup-show.json`), `net-show*.json`, `link-show.json`, `map-dump-<name or id>.json`,
 * `cgroups.txt`. Null where there is no listing of programs. What cannot be read is a warning, never an end.
 */
export function readInterception(files: BpftoolFiles): Interception | null {
  const warnings: string[] = []
  const items = (found: {file: string; text: string} | null): Fields[] => {
    if (found === null) return []
    const answer = readAnswer(found.text)
    if (answer.kind === 'list') return answer.items
    warnings.push(`${found.file}: ${answer.kind === 'refused' ? `bpftool says ${answer.says}` : answer.says}`)
    return []
  }
  const listing = first(files, 'prog-show-f.json', 'prog-show.json')
  if (listing === null) return null
  const cgroups = readCgroups(first(files, 'cgroups.txt', 'cgroup-inodes.txt')?.text ?? '')
  const attachments = attachmentsOf(files, items, cgroups)
  const maps = recogniseMaps(items(first(files, 'map-show-f.json', 'map-show.json')).flatMap(readMap))
  const programs = recognisePrograms(items(listing).flatMap(readProgram), maps, attachments)
  const content = readContent(shared(programs, maps), (map) => dumpOf(files, map), warnings)
  return {
    programs,
    maps,
    attachments,
    cgroups,
    content,
    build: buildOf(content.pairs),
    cni: usesMarks(programs, maps),
    reconnects: reconnects(programs, maps),
    warnings,
  }
}

function attachmentsOf(
  files: BpftoolFiles,
  items: (found: {file: string; text: string} | null) => Fields[],
  cgroups: readonly Cgroup[],
): Attachment[] {
  const tree = items(first(files, 'cgroup-tree.json')).flatMap(readCgroup)
  const shown =
    tree.length > 0 ? [] : items(first(files, 'cgroup-show.json')).flatMap((item) => readCgroupProgram(item, '/'))
  const links = items(first(files, 'link-show.json')).flatMap((item) =>
    readLink(item, (id) => cgroups.find((cgroup) => cgroup.id === id)?.path ?? null),
  )
  const nets = files
    .names()
    .filter((name) => /^net-show[^/]*\.json$/.test(name))
    .sort()
    .flatMap((name) => items(first(files, name)).flatMap(readNet))
  const all = [...tree, ...shown, ...nets]
  // A link's program is in the cgroup's listing as well.
  const isListed = ({program, point}: Attachment) => all.some((one) => one.program === program && one.point === point)
  return [...all, ...links.filter((link) => !isListed(link))]
}

/** A map that is private to one program tells nothing of the others: of two of one role the one that more programs use is meant. */
function shared(programs: readonly RecognisedProgram[], maps: readonly RecognisedMap[]): RecognisedMap[] {
  const users = ({id}: RecognisedMap) =>
    programs.filter(({role, mapIds}) => role !== null && mapIds.includes(id)).length
  return maps.filter(
    (map) => map.role !== null && !maps.some((other) => other.role === map.role && users(other) > users(map)),
  )
}

/** A dump is named by the map's id, by its name, or by its pin: names in the kernel end after 15 characters. */
function dumpOf(files: BpftoolFiles, map: RecognisedMap): {file: string; text: string} | null {
  const pins = map.pinned.map((pin) => pin.slice(pin.lastIndexOf('/') + 1))
  const named = [map.id, ...pins, map.name].map((name) => `map-dump-${name}.json`)
  const cut =
    map.name.length < 15
      ? []
      : files.names().filter((name) => name.startsWith(`map-dump-${map.name}`) && name.endsWith('.json'))
  return first(files, ...named, ...cut)
}

/** Ports are compiled in; the connections that were noted show them. Without any it is taken to be built for Istio. */
function buildOf(pairs: Interception['content']['pairs']): MeshBuild {
  const ports = new Set([...(pairs?.keys() ?? [])].map((key) => parseSocketAddress(key.split(' -> ')[1] ?? '')?.port))
  if (ports.has(istioBuild.outPort) || ports.has(istioBuild.inPort)) return istioBuild
  return meshBuilds.find(({outPort, inPort}) => ports.has(outPort) || ports.has(inPort)) ?? istioBuild
}

const mapsOf = ({mapIds}: RecognisedProgram, maps: readonly RecognisedMap[]): RecognisedMap[] =>
  maps.filter(({id}) => mapIds.includes(id))

/** Only a build for CNI mode looks marks up. */
const usesMarks = (programs: readonly RecognisedProgram[], maps: readonly RecognisedMap[]): boolean =>
  programs.some((program) => program.role === 'connect4' && mapsOf(program, maps).some(({role}) => role === 'marks'))

/** USE_RECONNECT is compiled in; the one text that sockops then prints is kept in a map of constants that it has only then. */
const reconnects = (programs: readonly RecognisedProgram[], maps: readonly RecognisedMap[]): boolean =>
  programs.some(
    (program) => program.role === 'sockops' && mapsOf(program, maps).some(({name}) => name.startsWith('.rodata')),
  )
