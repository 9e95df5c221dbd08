import {printableLine} from '../printable.js'
import {type Line, line, lineText, span, type Tone} from '../styled.js'
import {tabulate} from '../table/tabwriter.js'
import {hanging} from '../text/layout.js'
import {colourTheme, paint} from '../theme.js'
import type {EbpfDocument} from './document.js'

type Place = EbpfDocument['places'][number]
type Finding = EbpfDocument['findings'][number]

const tones: Readonly<Record<Finding['severity'], Tone>> = {error: 'bad', warning: 'warn', info: 'dim'}

export interface ShowOptions {
  width: number
  colour: boolean
  /** Every noted connection and socket, rather than the first of them. */
  all: boolean
}

/** Rows with a heading of their own; null where there is nothing to show. */
function section(title: string, headers: readonly string[], rows: readonly (readonly string[])[]): string | null {
  if (rows.length === 0) return null
  const columns = headers.map((header, column) => [header, ...rows.map((row) => printableLine(row[column] ?? ''))])
  const indented = tabulate(columns, 2)
    .split('\n')
    .map((text) => (text === '' ? '' : `  ${text.trimEnd()}`))
    .join('\n')
  return `${title}\n${indented}`
}

const listed = (items: readonly (string | number)[]): string => (items.length === 0 ? '-' : items.join(','))

/** The mount of cgroups says nothing of a container. */
const belowMount = (path: string): string => path.replace(/^\/sys\/fs\/cgroup(?:\/unified)?(?=\/)/, '')

const attachedText = ({attached, attachmentSeen}: Place['programs'][number]): string =>
  attached.length > 0
    ? attached.map(({point, where}) => `${point} ${belowMount(where)}`).join(', ')
    : attachmentSeen
      ? 'nowhere'
      : 'not observable'

function programs({programs: all}: Place): string | null {
  const rows = all.map((program) => [
    String(program.id),
    program.name === '' ? '-' : program.name,
    program.role ?? 'other',
    attachedText(program),
    listed(program.maps.flatMap(({role}) => role ?? [])),
  ])
  return section('PROGRAMS', ['ID', 'NAME', 'DOES', 'ATTACHED', 'MAPS'], rows)
}

const maps = (place: Place): string | null =>
  section(
    'MAPS',
    ['ID', 'NAME', 'HOLDS', 'ENTRIES', 'PINNED'],
    place.maps.map(({id, name, role, entries, maxEntries, pinned}) => [
      String(id),
      name,
      role ?? '',
      entries === null ? `not dumped (of ${maxEntries})` : `${entries} of ${maxEntries}`,
      listed(pinned),
    ]),
  )

const containers = (place: Place): string | null =>
  section(
    'CONTAINERS',
    ['CGROUP', 'PATH', 'IN MESH', 'POD ADDRESS', 'POD', 'FLAGS'],
    place.containers.map(({cgroup, path, inMesh, ip, pod, flags}) => [
      String(cgroup),
      path === null ? 'not known' : belowMount(path),
      inMesh ? 'yes' : 'no',
      ip ?? (inMesh ? 'not known' : '-'),
      pod ?? '-',
      listed(flags),
    ]),
  )

const pods = (place: Place): string | null =>
  section(
    'POD CONFIGURATION',
    [
      'ADDRESS',
      'POD',
      'STATUS PORT',
      'OUT: NOT PORTS',
      'NOT RANGES',
      'ONLY PORTS',
      'ONLY RANGES',
      'IN: NOT PORTS',
      'ONLY PORTS',
    ],
    place.pods.map((pod) => [
      pod.ip,
      pod.pod ?? '-',
      String(pod.statusPort),
      listed(pod.excludeOutPorts),
      listed(pod.excludeOutRanges),
      listed(pod.includeOutPorts),
      listed(pod.includeOutRanges),
      listed(pod.excludeInPorts),
      listed(pod.includeInPorts),
    ]),
  )

/** As many noted connections as are shown without being asked for all. */
const first = 10

function noted(place: Place, all: boolean): string[] {
  const shown = all ? place.originals : place.originals.slice(0, first)
  const more = place.originals.length - shown.length
  const sockets = all ? place.sockets : place.sockets.slice(0, first)
  const moreSockets = place.sockets.length - sockets.length
  return [
    section(
      `ORIGINAL DESTINATIONS${more > 0 ? ` (${shown.length} of ${place.originals.length}; --all shows all)` : ''}`,
      ['CONNECTION', 'MEANT FOR', 'NOTED BY'],
      shown.map(({connection, original, by}) => [connection, original, by]),
    ),
    section(
      `SOCKETS IN THE MAP${moreSockets > 0 ? ` (${sockets.length} of ${place.sockets.length}; --all shows all)` : ''}`,
      ['LOCAL -> REMOTE'],
      sockets.map((socket) => [socket]),
    ),
  ].filter((text) => text !== null)
}

function settings({mode, processes, marks, ztunnel}: Place): string | null {
  const rows = [
    [
      'mesh',
      `${mode.mesh}: outbound ${mode.outboundPort}, inbound ${mode.inboundPort}, sidecar uid ${mode.sidecarUid}`,
    ],
    ['pod addresses', mode.cni ? 'by the mark of the CNI plugin’s socket' : 'learnt, or written by a process manager'],
    ['USE_RECONNECT', mode.useReconnect ? 'built in' : 'not built in'],
    ...processes.map(({pid, ip, pod}) => [`process ${pid}`, `${ip}${pod === null ? '' : ` (${pod})`}`]),
    ...marks.map(({mark, ip}) => [`mark ${mark}`, ip]),
    ...(ztunnel === null ? [] : [['ztunnel', ztunnel]]),
  ]
  return section('SETTINGS', ['WHAT', 'IS'], rows)
}

const isMesh = ({programs: all}: Place): boolean => all.some(({role}) => role !== null)

function findingLines({code, severity, message, evidence, remedy}: Finding, width: number): Line[] {
  const indent = 12
  const row = (label: string, text: string): Line[] => hanging(line(span(label, 'dim')), line(text), indent, width)
  return [
    ...hanging(line(span(severity, tones[severity])), line(span(code, 'name'), `  ${message}`), indent, width),
    ...row('  because', evidence),
    ...row('  to do', remedy),
  ]
}

const counted = (count: number, word: string): string[] =>
  count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]

function summary(findings: readonly Finding[]): string {
  const of = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length
  const counts = [
    ...counted(of('error'), 'error'),
    ...counted(of('warning'), 'warning'),
    ...counted(of('info'), 'note'),
  ]
  return counts.length === 0 ? 'no problem found' : counts.join(', ')
}

function placeText(place: Place, findings: readonly Finding[], {width, colour, all}: ShowOptions): string {
  const title = colour ? paint(line(span(place.place, 'strong')), colourTheme) : printableLine(place.place)
  const nothing =
    place.programs.length === 0 ? 'no eBPF programs are loaded' : 'no program intercepts traffic of a mesh'
  const sections = isMesh(place)
    ? [programs(place), maps(place), containers(place), pods(place), ...noted(place, all), settings(place)]
    : [`${nothing}\n`, programs(place)]
  const lines = findings.flatMap((finding) => findingLines(finding, Math.max(60, width)))
  const problems = lines.map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')
  const own = findings.length === 0 ? [] : [`PROBLEMS\n${problems}`]
  return [`${title}  ${summary(findings)}`, ...sections.filter((text) => text !== null), ...own]
    .map((text) => text.trimEnd())
    .join('\n\n')
}

/** Everything that programs and maps tell, place by place. */
export const renderEbpf = (document: EbpfDocument, options: ShowOptions): string =>
  `${document.places
    .map((place) =>
      placeText(
        place,
        document.findings.filter((finding) => finding.place === place.place),
        options,
      ),
    )
    .join('\n\n')}\n`
