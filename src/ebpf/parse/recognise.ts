import type {
  Attachment,
  AttachPoint,
  BpfMap,
  BpfProgram,
  MapRole,
  ProgramRole,
  RecognisedMap,
  RecognisedProgram,
} from '../program.js'

interface MapShape {
  types: readonly string[]
  keyBytes: number
  valueBytes: number
}

const hash = ['hash', 'lru_hash']

/** Layouts of Merbridge's maps (bpf/headers/maps.h, helpers.h, cgroup.h). */
const shapes: readonly [MapRole, MapShape][] = [
  ['originals', {types: hash, keyBytes: 8, valueBytes: 24}],
  ['pairs', {types: hash, keyBytes: 36, valueBytes: 24}],
  ['sockets', {types: ['sockhash'], keyBytes: 36, valueBytes: 4}],
  ['memberships', {types: hash, keyBytes: 8, valueBytes: 32}],
  ['pods', {types: hash, keyBytes: 16, valueBytes: 484}],
  ['processes', {types: hash, keyBytes: 4, valueBytes: 4}],
  ['marks', {types: hash, keyBytes: 4, valueBytes: 16}],
]

/** The settings are shaped as the marks are; they have another name and fewer places. */
const isSettings = ({name, maxEntries}: BpfMap): boolean => name === 'settings' || (name === '' && maxEntries === 256)

function mapRole(map: BpfMap): MapRole | null {
  const found = shapes.find(
    ([, {types, keyBytes, valueBytes}]) =>
      types.includes(map.type) && keyBytes === map.keyBytes && valueBytes === map.valueBytes,
  )
  if (found === undefined) return null
  return found[0] === 'marks' && isSettings(map) ? 'settings' : found[0]
}

/** Which program it is, by its type, where it is attached, and the maps that it uses. */
interface ProgramShape {
  role: ProgramRole
  type: string
  points: readonly AttachPoint[]
  /** Maps that it must use. */
  uses: readonly MapRole[]
  /** The end of its name or pin: where nothing else tells programs of one shape apart. */
  name: RegExp
}

const programs: readonly ProgramShape[] = [
  {role: 'connect4', type: 'cgroup_sock_addr', points: ['connect4'], uses: ['originals'], name: /connect4$/},
  {role: 'connect6', type: 'cgroup_sock_addr', points: ['connect6'], uses: ['originals'], name: /connect6$/},
  {role: 'bind', type: 'cgroup_sock_addr', points: ['bind4', 'bind6'], uses: ['memberships'], name: /bind4?$/},
  {
    role: 'sendmsg',
    type: 'cgroup_sock_addr',
    points: ['sendmsg4', 'sendmsg6'],
    uses: ['originals'],
    name: /sendmsg[46]$/,
  },
  {
    role: 'recvmsg',
    type: 'cgroup_sock_addr',
    points: ['recvmsg4', 'recvmsg6'],
    uses: ['originals'],
    name: /recvmsg[46]$/,
  },
  {role: 'sockops', type: 'sock_ops', points: ['sock_ops'], uses: ['originals', 'pairs'], name: /$/},
  {role: 'redirect', type: 'sk_msg', points: [], uses: ['sockets'], name: /$/},
  {role: 'getsockopt', type: 'cgroup_sockopt', points: ['getsockopt'], uses: ['pairs'], name: /$/},
  {role: 'tc-ingress', type: 'sched_cls', points: ['tc-ingress'], uses: ['pairs', 'pods'], name: /ingress$/},
  {role: 'tc-egress', type: 'sched_cls', points: ['tc-egress'], uses: ['pairs'], name: /egress$/},
  {role: 'processes', type: 'kprobe', points: [], uses: [], name: /^mb_(alloc_pid|do_exit)$/},
]

export function recogniseMaps(maps: readonly BpfMap[]): RecognisedMap[] {
  return maps.map((map) => ({...map, role: mapRole(map)}))
}

/** Programs with what they do; one whose shape fits but that is attached elsewhere is not taken for it. */
export function recognisePrograms(
  all: readonly BpfProgram[],
  maps: readonly RecognisedMap[],
  attachments: readonly Attachment[],
): RecognisedProgram[] {
  const roles = new Map(maps.map(({id, role}) => [id, role]))
  return all.map((program) => {
    const own = attachments.filter((each) => each.program === program.id)
    const used = new Set(program.mapIds.map((id) => roles.get(id) ?? null))
    return {...program, attachments: own, role: programRole(program, used, own)}
  })
}

function programRole(
  program: BpfProgram,
  used: ReadonlySet<MapRole | null>,
  attachments: readonly Attachment[],
): ProgramRole | null {
  const fits = programs.filter(({type, uses}) => type === program.type && uses.every((role) => used.has(role)))
  const placed = fits.filter(({points}) => attachments.some(({point}) => point !== null && points.includes(point)))
  const [byPlace] = placed
  if (byPlace !== undefined) return byPlace.role
  if (attachments.some(({point}) => point !== null)) return null
  const names = [program.name, ...program.pinned.map((pin) => pin.slice(pin.lastIndexOf('/') + 1))]
  return fits.find(({name}) => names.some((each) => name.test(each)))?.role ?? null
}
