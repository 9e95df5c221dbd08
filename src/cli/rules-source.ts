import {readFileSync} from 'node:fs'
import {DataError, SourceError, UsageError} from '../errors.js'
import {readPlaceRules, withoutDuplicates} from '../netfilter/capture.js'
import {readPlaceEnvironment} from '../netfilter/environment/read-environment.js'
import type {Environment} from '../netfilter/environment.js'
import {iptablesTables} from '../netfilter/parse/iptables-table.js'
import {parseRules} from '../netfilter/parse/parse-rules.js'
import type {Ruleset} from '../netfilter/ruleset.js'
import type {PodFacts} from '../snapshot/snapshot.js'
import {fileError} from '../sources/file-error.js'
import {type ClusterFlags, clusterFlags, inNamespace, openLivePod} from './cluster-flags.js'
import {type DebugFlags, debugFlags, rulesOptions} from './debug-flags.js'
import {note} from './note.js'
import {Flags} from './oclif.js'

/** The flags that say whose rules are asked: files, a place of a snapshot, or a process on this node. */
export const rulesSourceFlags = {
  file: Flags.string({
    char: 'f',
    summary:
      'Rules: iptables-save, nft list ruleset (text or -j), iptables -S or -L -v; - for stdin. The last two do not name their table: nat=FILE.',
    helpValue: '[TABLE=]FILE',
    multiple: true,
    exclusive: ['from', 'pid'],
  }),
  from: Flags.string({
    summary: 'Snapshot folder, a .tar.gz of one, or the word sample.',
    helpValue: 'SNAPSHOT',
    exclusive: ['pid'],
  }),
  pod: Flags.string({
    summary: 'The pod: of the snapshot, or without --from of the running cluster.',
    helpValue: '[TYPE/]NAME[.NS]',
    exclusive: ['node', 'file', 'pid'],
  }),
  node: Flags.string({summary: 'The node of the snapshot.', helpValue: 'NAME', dependsOn: ['from']}),
  pid: Flags.integer({summary: 'A process on this node: the rules of its network namespace.', helpValue: 'N'}),
  ...clusterFlags,
  ...debugFlags,
}

export interface RulesSourceFlags extends ClusterFlags, DebugFlags {
  file?: string[] | undefined
  from?: string | undefined
  pod?: string | undefined
  node?: string | undefined
  pid?: number | undefined
}

/** Rules, what surrounds them, and what could not be read. */
export interface RulesSource {
  rulesets: Ruleset[]
  environment: Environment
  warnings: string[]
}

/** Opens the rules that the flags name. @throws UsageError, SourceError, DataError */
export async function openRules(flags: RulesSourceFlags): Promise<RulesSource> {
  if (flags.file !== undefined) return rulesOfFiles(flags.file)
  if (flags.pid !== undefined) return rulesOfProcess(flags.pid)
  if (flags.from !== undefined) return rulesOfSnapshot(flags.from, flags)
  if (flags.pod !== undefined) return (await openLiveRules(flags.pod, flags)).source
  throw new UsageError(
    'no rules are named',
    'iptables',
    'Give --pod POD of the cluster, --from SNAPSHOT --pod POD, -f FILE, or --pid N',
  )
}

/** The rules of a pod of the running cluster, and what the cluster says of the pod. @throws UsageError, SourceError, DataError */
export async function openLiveRules(
  name: string,
  flags: ClusterFlags & DebugFlags,
): Promise<{source: RulesSource; facts: PodFacts; files: Readonly<Record<string, string>>}> {
  const {cluster, pod} = await openLivePod(name, flags)
  const [{readPodRules}, {podFacts}] = await Promise.all([
    import('../sources/kubernetes/pod-rules.js'),
    import('../sources/kubernetes/pod-facts.js'),
  ])
  const {files, way, warnings} = await readPodRules(cluster, pod, rulesOptions(flags))
  note(`rules of ${pod.namespace}/${pod.name}: ${way}`)
  const facts = pod.object === null ? {namespace: pod.namespace, name: pod.name} : podFacts(pod.object)
  const source = rulesOfPlace((file) => files[file] ?? null, `${pod.namespace}/${pod.name}`, warnings)
  return {source, facts, files}
}

async function rulesOfFiles(files: readonly string[]): Promise<RulesSource> {
  const rulesets: Ruleset[] = []
  for (const named of files) {
    const {table, path} = splitTable(named)
    const origin = path === '-' ? 'standard input' : path
    rulesets.push(parseRules(await readText(path, origin), {origin, ...(table === null ? {} : {table})}))
  }
  return {
    rulesets: withoutDuplicates(rulesets),
    environment: {},
    warnings: rulesets.flatMap((ruleset) => ruleset.warnings),
  }
}

/** `nat=FILE`; a path may hold `=` itself. */
function splitTable(named: string): {table: string | null; path: string} {
  const table = named.slice(0, Math.max(0, named.indexOf('=')))
  return iptablesTables.includes(table) ? {table, path: named.slice(table.length + 1)} : {table: null, path: named}
}

export async function readText(path: string, origin: string): Promise<string> {
  try {
    if (path !== '-') return readFileSync(path, 'utf8')
    const pieces: Uint8Array[] = []
    for await (const piece of process.stdin) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  } catch (error) {
    throw fileError(error, origin)
  }
}

async function rulesOfProcess(pid: number): Promise<RulesSource> {
  const {readNetns} = await import('../sources/netns.js')
  const {files, warnings} = await readNetns(pid)
  return rulesOfPlace((file) => files[file] ?? null, `process ${pid}`, warnings)
}

/** The rules of a place by the names that its files have. @throws DataError where none were captured */
export function rulesOfPlace(
  text: (file: string) => string | null,
  where: string,
  warnings: readonly string[],
): RulesSource {
  const rulesets = readPlaceRules(text, where)
  const environment = readPlaceEnvironment(text, where)
  if (rulesets.length === 0)
    throw new DataError(
      'has no rules in the capture',
      where,
      'Absence is not proof: choose a place whose rules were captured',
    )
  return {rulesets, environment, warnings: [...warnings, ...rulesets.flatMap((ruleset) => ruleset.warnings)]}
}

async function rulesOfSnapshot(origin: string, {pod, node, namespace}: RulesSourceFlags): Promise<RulesSource> {
  const [{openSnapshot}, {findPod, podFolder, podId}] = await Promise.all([
    import('../sources/open-snapshot.js'),
    import('../snapshot/pod-name.js'),
  ])
  const snapshot = await openSnapshot(origin)
  if (pod !== undefined) {
    const facts = findPod(snapshot.document, inNamespace(pod, namespace))
    return rulesOfPlace((file) => snapshot.text(`${podFolder(facts)}/${file}`), podId(facts), [])
  }
  if (node === undefined)
    throw new UsageError('names no place of the snapshot', '--from', 'Give --pod NS/NAME or --node NAME')
  const names = snapshot.document.nodes.map(({name}) => name)
  if (!names.includes(node))
    throw new SourceError('missing', 'no such node in the snapshot', node, `It holds ${names.join(', ') || 'no nodes'}`)
  return rulesOfPlace((file) => snapshot.text(`nodes/${node}/${file}`), node, [])
}
