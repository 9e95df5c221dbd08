import {existsSync, readFileSync} from 'node:fs'
import {SourceError, UsageError} from '../errors.js'
import {runTool, type ToolResult, type ToolRun} from './tool.js'

/** The state of one network namespace, in the files that a snapshot's pod folder has. */
export interface NetnsCapture {
  /** Text by file name, `iptables-save.txt`. What printed nothing is left out: nft's JSON shows that there was nothing. */
  files: Record<string, string>
  /** What could not be read, and why. */
  warnings: string[]
}

/** One file: the commands whose outputs make it, in turn the first tool that is installed. */
interface Reading {
  file: string
  commands: readonly (readonly string[])[]
  /** How the outputs of several commands become one text. */
  join?: (outputs: string[]) => string
  /** Whether anybody needs to be told that the tool is not installed. */
  optional?: boolean
}

const readings: readonly Reading[] = [
  {file: 'nft-ruleset.json', commands: [['nft', '-j', 'list', 'ruleset']]},
  {file: 'nft-ruleset.txt', commands: [['nft', 'list', 'ruleset']]},
  // Both families at once; the IPv6 rules follow the IPv4 ones and begin again at priority 0.
  {
    file: 'ip-rule.json',
    commands: [
      ['ip', '-j', '-4', 'rule', 'show'],
      ['ip', '-j', '-6', 'rule', 'show'],
    ],
    join: joinLists,
  },
  {
    file: 'ip-route.json',
    commands: [
      ['ip', '-j', '-4', 'route', 'show', 'table', 'all'],
      ['ip', '-j', '-6', 'route', 'show', 'table', 'all'],
    ],
    join: joinLists,
  },
  {file: 'ip-addr.json', commands: [['ip', '-j', 'addr', 'show']]},
  {file: 'ss-lntup.txt', commands: [['ss', '-lntup']]},
  {file: 'sysctl.txt', commands: [['sysctl', '-a']], join: netfilterSysctls},
  {file: 'ipset.txt', commands: [['ipset', 'save']], optional: true},
]

/**
 * Reads the rules, routes, addresses and sockets of a process's network namespace on this node, changing nothing.
 * A tool that is not installed leaves its file out, with a warning.
 * @throws UsageError for a number that is no process id; SourceError: missing when there is no such process or no
 *   nsenter, forbidden when the namespace may not be entered
 */
export async function readNetns(pid: number, run: ToolRun = runTool): Promise<NetnsCapture> {
  checkProcess(pid)
  const capture: NetnsCapture = {files: {}, warnings: []}
  const inside = (command: readonly string[]) => run('nsenter', ['-t', String(pid), '-n', '--', ...command])
  const probe = await inside(['true'])
  if (probe.kind !== 'done') throw cannotEnter(pid, probe)
  await Promise.all([
    ...readings.map((reading) => read(capture, reading, inside)),
    readTables(capture, 'iptables', tableNames(pid, 'ip_tables_names'), inside),
    readTables(capture, 'ip6tables', tableNames(pid, 'ip6_tables_names'), inside),
  ])
  capture.warnings.sort()
  return capture
}

/** Any end but a good one. */
type Shortfall = Exclude<ToolResult, {kind: 'done'}>

type Inside = (command: readonly string[]) => Promise<ToolResult>

async function read(capture: NetnsCapture, reading: Reading, inside: Inside): Promise<void> {
  const results = await Promise.all(reading.commands.map(inside))
  const outputs = results.map((result) => (result.kind === 'done' ? result.stdout : null))
  const failed = results.find((result): result is Shortfall => result.kind !== 'done')
  const texts = outputs.filter((output) => output !== null)
  const lack = texts.length > 0 ? 'incomplete' : 'absent'
  if (failed && !(reading.optional && failed.kind === 'absent'))
    capture.warnings.push(warning(reading.file, failed, lack))
  if (texts.length > 0) keep(capture, reading.file, reading.join ? reading.join(texts) : texts.join(''))
}

/**
 * iptables keeps its rules in nf_tables or in the kernel's older tables, and both can be in force at once. The older ones
 * are read where the kernel names any for this namespace.
 */
async function readTables(capture: NetnsCapture, family: string, legacy: string[], inside: Inside): Promise<void> {
  const file = `${family}-save.txt`
  const nft = await inside([`${family}-nft-save`, '-c'])
  const saved = nft.kind === 'absent' ? await inside([`${family}-save`, '-c']) : nft
  if (saved.kind === 'done') keep(capture, file, saved.stdout)
  else capture.warnings.push(warning(file, saved))
  if (legacy.length === 0 || nft.kind === 'absent') return
  const old = await inside([`${family}-legacy-save`, '-c'])
  if (old.kind === 'done') keep(capture, `${family}-legacy-save.txt`, old.stdout)
  else
    capture.warnings.push(`${warning(`${family}-legacy-save.txt`, old)}; legacy tables in force: ${legacy.join(', ')}`)
}

function keep(capture: NetnsCapture, file: string, text: string): void {
  if (text.trim() !== '') capture.files[file] = text
}

function warning(file: string, result: Shortfall, lack: 'absent' | 'incomplete' = 'absent'): string {
  return `${file} is ${lack}: ${result.tool} ${shortfall(result)}`
}

function shortfall(result: Shortfall): string {
  if (result.kind === 'absent') return 'is not installed'
  return result.kind === 'late' ? `did not end within ${result.timeoutMs / 1000} s` : `says ${firstLine(result.stderr)}`
}

const firstLine = (text: string): string => text.trim().split('\n')[0] || 'nothing, but failed'

function checkProcess(pid: number): void {
  if (!Number.isInteger(pid) || pid < 1) throw new UsageError('is not a process id', `--pid ${pid}`)
  if (process.platform !== 'linux')
    throw new SourceError('missing', 'network namespaces exist on Linux only', `--pid ${pid}`, 'Run this on the node')
  if (!existsSync(`/proc/${pid}`))
    throw new SourceError(
      'missing',
      'no such process on this machine',
      `--pid ${pid}`,
      'Pass a process id as this node sees it',
    )
}

function cannotEnter(pid: number, result: Shortfall): SourceError {
  const where = `--pid ${pid}`
  if (result.kind === 'absent')
    return new SourceError('missing', `${result.tool} is not installed`, where, 'Install util-linux')
  if (result.kind === 'late')
    return new SourceError('missing', 'its network namespace could not be entered in time', where)
  if (/permission denied|not permitted/i.test(result.stderr))
    return new SourceError(
      'forbidden',
      'its network namespace may not be entered',
      where,
      'Run this as root (CAP_SYS_ADMIN)',
    )
  return new SourceError('missing', `its network namespace cannot be entered: ${firstLine(result.stderr)}`, where)
}

/** Tables of the kernel's older iptables in the namespace of `pid`; the file is absent where the kernel has none of it. */
function tableNames(pid: number, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/net/${file}`, 'utf8')
      .split('\n')
      .filter((name) => name !== '')
  } catch {
    return []
  }
}

/** Joins JSON lists as `ip -j` prints them: an empty answer is an empty list. */
function joinLists(outputs: string[]): string {
  const inner = outputs.map((output) =>
    output
      .trim()
      .replace(/^\[|\]$/g, '')
      .trim(),
  )
  return `[${inner.filter((items) => items !== '').join(',')}]\n`
}

/** Of all sysctls those that decide where a packet goes. */
function netfilterSysctls(outputs: string[]): string {
  const wanted =
    /^net\.(?:ipv4\.(?:ip_forward|ip_nonlocal_bind|ip_local_port_range|ip_unprivileged_port_start|tcp_fwmark_accept|fwmark_reflect)|ipv[46]\.conf\.[^=]*\.(?:route_localnet|rp_filter|src_valid_mark|arp_filter|accept_local|forwarding|disable_ipv6)|ipv6\.bindv6only|netfilter\.|bridge\.bridge-nf-call-ip6?tables)/
  return outputs
    .join('')
    .split('\n')
    .filter((line) => wanted.test(line))
    .map((line) => `${line}\n`)
    .join('')
}
