import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {SourceError, UsageError} from '../errors.js'
import {cgroupMount} from './bpftool.js'

/** The path of a process's cgroup of version 2; null where that is not mounted. @throws UsageError, SourceError */
export function cgroupOfProcess(pid: number): string | null {
  if (!Number.isInteger(pid) || pid < 1) throw new UsageError('is not a process id', `--pid ${pid}`)
  const mount = cgroupMount()
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
  } catch (error) {
    throw new SourceError(
      'missing',
      'no such process on this machine',
      `--pid ${pid}`,
      'Pass a process id as this node sees it',
      {
        cause: error,
      },
    )
  }
  const found = text.split('\n').find((line) => line.startsWith('0::'))
  return mount === null || found === undefined ? null : join(mount, found.slice(3)).replace(/(?<=.)\/+$/, '')
}
