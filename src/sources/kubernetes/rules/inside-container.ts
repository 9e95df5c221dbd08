import {SourceError} from '../../../errors.js'
import type {PlaceFiles} from '../../capture/place.js'
import {firstLine, type Inside, readNamespace} from '../../namespace.js'
import type {ToolResult} from '../../tool.js'
import type {Cluster, PodRef} from '../cluster.js'

/** Runs programs in a container as those of this machine are run; `prefix` is a program that leads to the one that is meant. */
export const insideContainer =
  (cluster: Cluster, pod: PodRef, container: string, prefix: readonly string[] = []): Inside =>
  async (command) => {
    const tool = command[0] ?? ''
    const result = await cluster.exec(pod, container, [...prefix, ...command])
    // A program that leads to another one has proved to be there.
    if (result.kind === 'absent') return {kind: 'absent', tool}
    const stdout = Buffer.from(result.stdout).toString('utf8')
    if (result.code === 0) return {kind: 'done', tool, stdout}
    return isAbsent(prefix, result.code, result.stderr)
      ? {kind: 'absent', tool}
      : {kind: 'failed', tool, stderr: result.stderr || stdout}
  }

/** nsenter's way to say that there is no such program. */
const isAbsent = (prefix: readonly string[], code: number, stderr: string): boolean =>
  prefix[0] === 'nsenter' && code === 127 && /No such file or directory|not found/.test(stderr)

/** Everything of the namespace that `inside` leads to. @throws SourceError where it shows no rules */
export async function placeFiles(inside: Inside, way: string, where: string): Promise<PlaceFiles> {
  const [ipv4, ipv6] = await Promise.all([
    legacyTables(inside, 'ip_tables_names'),
    legacyTables(inside, 'ip6_tables_names'),
  ])
  const {files, warnings} = await readNamespace(inside, {ipv4, ipv6})
  const hasRules = Object.keys(files).some((file) =>
    /^(?:iptables(?:-legacy)?-save\.txt|nft-ruleset\.json)$/.test(file),
  )
  if (hasRules) return {files, way, warnings: warnings.filter((text) => !isNoLoss(text, files))}
  const why = warnings.find((warning) => /^(?:iptables|nft)/.test(warning)) ?? 'no tool that shows rules said anything'
  throw new SourceError('unreachable', `its rules cannot be read there: ${why}`, where)
}

/** iptables-save shows nft's own iptables tables as well, and says where there are others. */
const isNoLoss = (warning: string, files: Readonly<Record<string, string>>): boolean =>
  /^nft-ruleset\.\w+ is absent: nft is not installed$/.test(warning) &&
  files['iptables-save.txt'] !== undefined &&
  !/incompatible, use 'nft' tool/.test(`${files['iptables-save.txt']}${files['ip6tables-save.txt'] ?? ''}`)

async function legacyTables(inside: Inside, file: string): Promise<string[]> {
  const result = await inside(['cat', `/proc/net/${file}`])
  return result.kind === 'done' ? result.stdout.split('\n').filter((name) => name !== '') : []
}

/** Why a program did not do what it should, for people. */
export const toolFailure = (result: ToolResult): string =>
  result.kind === 'failed'
    ? `${result.tool} says ${firstLine(result.stderr)}`
    : result.kind === 'late'
      ? `${result.tool} did not end in time`
      : `${result.tool} is not installed`
