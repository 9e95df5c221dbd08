import {readdirSync, readFileSync} from 'node:fs'
import {SourceError} from '../../../errors.js'
import {readNetns} from '../../netns.js'
import {textAt} from '../json.js'
import type {RulesWay} from './way.js'

/** A process of the pod on this machine: the control group of each names the pod that the kubelet made it for. */
export const onThisNode: RulesWay = async ({object, where, options}) => {
  const uid = podUid(object)
  const pid = uid === null ? null : processOfPod(uid)
  if (pid === null) throw new SourceError('unreachable', 'has no process on this machine', where)
  const {files, warnings} = await readNetns(pid, options.run)
  return {files, warnings, way: `read in the namespace of its process ${pid} on this node`}
}

const uidForm = /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$|^[0-9a-f]{32}$/i

/** As the API server gives it: letters, digits and dashes alone, so that it may be looked for. */
export function podUid(object: unknown): string | null {
  const uid = textAt(object, 'metadata', 'uid')
  return uid !== undefined && uidForm.test(uid) ? uid : null
}

/** The kubelet writes `-` of a uid as `_` where systemd manages the groups. */
export const groupNames = (uid: string): string[] => [uid, uid.replaceAll('-', '_')]

/** The first process whose control group is of the pod; null where none is, or processes cannot be seen. */
export function processOfPod(uid: string, proc = '/proc'): number | null {
  const names = groupNames(uid)
  const pids = entriesOf(proc).filter((name) => /^\d+$/.test(name))
  const found = pids.find((pid) => {
    const groups = textOf(`${proc}/${pid}/cgroup`)
    return names.some((name) => groups.includes(`pod${name}`))
  })
  return found === undefined ? null : Number(found)
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // No Linux, or no /proc: then the pod is not here.
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process ended meanwhile.
    return ''
  }
}
