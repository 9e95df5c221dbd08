import type {ToolResult} from './tool.js'

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

/** Runs a program in the namespace, by whatever way. */
export type Inside = (command: readonly string[]) => Promise<ToolResult>

/** Tables of the kernel's older iptables that the namespace has. */
export interface LegacyTables {
  ipv4: readonly string[]
  ipv6: readonly string[]
}

/** Reads rules, routes, addresses and sockets of the namespace that `inside` leads to. A tool that fails leaves its file out, with a warning. */
export async function readNamespace(inside: Inside, legacy: LegacyTables): Promise<NetnsCapture> {
  const capture: NetnsCapture = {files: {}, warnings: []}
  await Promise.all([
    ...readings.map((reading) => read(capture, reading, inside)),
    readTables(capture, 'iptables', legacy.ipv4, inside),
    readTables(capture, 'ip6tables', legacy.ipv6, inside),
  ])
  capture.warnings.sort()
  return capture
}

/** Any end but a good one. */
export type Shortfall = Exclude<ToolResult, {kind: 'done'}>

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
async function readTables(
  capture: NetnsCapture,
  family: string,
  legacy: readonly string[],
  inside: Inside,
): Promise<void> {
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

export const firstLine = (text: string): string => text.trim().split('\n')[0] || 'nothing, but failed'

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
