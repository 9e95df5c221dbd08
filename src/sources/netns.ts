import {existsSync, readFileSync} from 'node:fs'
import {SourceError, UsageError} from '../errors.js'
import {firstLine, type NetnsCapture, readNamespace, type Shortfall} from './namespace.js'
import {runTool, type ToolRun} from './tool.js'

export type {NetnsCapture} from './namespace.js'

/**
 * Reads the rules, routes, addresses and sockets of a process's network namespace on this node, changing nothing.
 * A tool that is not installed leaves its file out, with a warning.
 * @throws UsageError for a number that is no process id; SourceError: missing when there is no such process or no
 *   nsenter, forbidden when the namespace may not be entered
 */
export async function readNetns(pid: number, run: ToolRun = runTool): Promise<NetnsCapture> {
  checkProcess(pid)
  const inside = (command: readonly string[]) => run('nsenter', ['-t', String(pid), '-n', '--', ...command])
  const probe = await inside(['true'])
  if (probe.kind !== 'done') throw cannotEnter(pid, probe)
  return readNamespace(inside, {ipv4: tableNames(pid, 'ip_tables_names'), ipv6: tableNames(pid, 'ip6_tables_names')})
}

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
