import type {Interception} from '../interception.js'
import type {Attachment, Cgroup} from '../program.js'
import {readCgroups} from './cgroups.js'
import {readAnswer} from './json.js'
import {readNet} from './listing.js'
import type {BpftoolFiles} from './read-interception.js'
import {recognisePrograms} from './recognise.js'

/** The programs of a node as they concern one pod: with what is attached to its interfaces, and which cgroups are its containers. */
export interface SeenFromPod {
  hooks: Interception
  cgroups: Cgroup[]
  /** Whether what is attached to its interfaces was captured: it is seen from inside its network namespace alone. */
  sawInterfaces: boolean
}

/** The node's programs and the files of one pod's folder: `net-show*.json` from inside its network namespace, `cgroups.txt` of its containers. */
export function seenFromPod(node: Interception, files: BpftoolFiles, pod: string): SeenFromPod {
  const nets = files.names().filter((name) => /^net-show[^/]*\.json$/.test(name))
  const attached = nets.flatMap((name) => {
    const answer = readAnswer(files.text(name) ?? '')
    return answer.kind === 'list' ? answer.items.flatMap(readNet) : []
  })
  // The folder may hold the node's cgroups as well: those of the pod say so, or name their container.
  const own = readCgroups(files.text('cgroups.txt') ?? '').filter(
    (cgroup) => cgroup.pod === pod || (cgroup.pod === null && cgroup.container !== null),
  )
  const cgroups = own.length > 0 ? own : node.cgroups.filter((cgroup) => cgroup.pod === pod)
  const onCgroups = node.attachments.filter(({point}) => point === null || !isOnInterface(point))
  const attachments = [...onCgroups, ...attached]
  return {
    hooks: {...node, attachments, programs: recognisePrograms(node.programs, node.maps, attachments)},
    cgroups,
    sawInterfaces: nets.length > 0,
  }
}

const isOnInterface = (point: NonNullable<Attachment['point']>): boolean =>
  point === 'tc-ingress' || point === 'tc-egress'
