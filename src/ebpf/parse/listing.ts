import type {Attachment, AttachPoint, BpfMap, BpfProgram} from '../program.js'
import {type Fields, listOf, numberOf, textOf, textsOf} from './json.js'

/** Items of `bpftool -j prog show`, with or without `-f`. */
export const readProgram = (item: Fields): BpfProgram[] => {
  const id = numberOf(item['id'])
  if (id === null) return []
  return [
    {
      id,
      type: textOf(item['type']) ?? '',
      name: textOf(item['name']) ?? '',
      tag: textOf(item['tag']) ?? '',
      mapIds: listOf(item['map_ids']).flatMap((each) => numberOf(each) ?? []),
      pinned: textsOf(item['pinned']),
    },
  ]
}

/** Items of `bpftool -j map show`. */
export const readMap = (item: Fields): BpfMap[] => {
  const id = numberOf(item['id'])
  if (id === null) return []
  return [
    {
      id,
      type: textOf(item['type']) ?? '',
      name: textOf(item['name']) ?? '',
      keyBytes: numberOf(item['bytes_key']) ?? 0,
      valueBytes: numberOf(item['bytes_value']) ?? 0,
      maxEntries: numberOf(item['max_entries']) ?? 0,
      pinned: textsOf(item['pinned']),
    },
  ]
}

const points: Readonly<Record<string, AttachPoint>> = {
  cgroup_inet4_connect: 'connect4',
  cgroup_inet6_connect: 'connect6',
  cgroup_inet4_bind: 'bind4',
  cgroup_inet6_bind: 'bind6',
  cgroup_udp4_sendmsg: 'sendmsg4',
  cgroup_udp6_sendmsg: 'sendmsg6',
  cgroup_udp4_recvmsg: 'recvmsg4',
  cgroup_udp6_recvmsg: 'recvmsg6',
  cgroup_sock_ops: 'sock_ops',
  cgroup_getsockopt: 'getsockopt',
  connect4: 'connect4',
  connect6: 'connect6',
  bind4: 'bind4',
  bind6: 'bind6',
  sendmsg4: 'sendmsg4',
  sendmsg6: 'sendmsg6',
  recvmsg4: 'recvmsg4',
  recvmsg6: 'recvmsg6',
  sock_ops: 'sock_ops',
  getsockopt: 'getsockopt',
  'clsact/ingress': 'tc-ingress',
  'clsact/egress': 'tc-egress',
  'tcx/ingress': 'tc-ingress',
  'tcx/egress': 'tc-egress',
}

const pointOf = (spelling: string): AttachPoint | null =>
  Object.hasOwn(points, spelling) ? (points[spelling] ?? null) : null

const attachment = (item: Fields, spelling: string | null, where: string): Attachment[] => {
  const program = numberOf(item['id']) ?? numberOf(item['prog_id'])
  return program === null || spelling === null ? [] : [{program, point: pointOf(spelling), spelling, where}]
}

/** Items of `bpftool -j cgroup show`, all of one cgroup. */
export const readCgroupProgram = (item: Fields, cgroup: string): Attachment[] =>
  attachment(item, textOf(item['attach_type']), cgroup)

/** Items of `bpftool -j cgroup tree`. */
export const readCgroup = (item: Fields): Attachment[] => {
  const path = textOf(item['cgroup']) ?? ''
  return listOf(item['programs']).flatMap((each) =>
    typeof each === 'object' && each !== null ? readCgroupProgram({...each}, path) : [],
  )
}

/** Items of `bpftool -j net show`, as seen from inside one network namespace. */
export const readNet = (item: Fields): Attachment[] =>
  listOf(item['tc']).flatMap((each) => {
    if (typeof each !== 'object' || each === null) return []
    const filter: Fields = {...each}
    return attachment(filter, textOf(filter['kind']), textOf(filter['devname']) ?? '')
  })

/** Items of `bpftool -j link show`: programs that were attached by a link rather than by BPF_PROG_ATTACH. */
export const readLink = (item: Fields, pathOf: (cgroup: number) => string | null): Attachment[] => {
  const cgroup = numberOf(item['cgroup_id'])
  const spelling = textOf(item['attach_type'])
  if (cgroup === null) return []
  return attachment({id: item['prog_id']}, spelling, pathOf(cgroup) ?? `cgroup ${cgroup}`)
}
