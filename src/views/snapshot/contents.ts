import Table from 'cli-table3'
import type {PodContents, SnapshotContents} from '../../snapshot/contents.js'
import {printable, printableLine} from '../printable.js'

/** Columns as data: a title, and the cell of an item. */
interface Column<T> {
  title: string
  cell(item: T): string
}

const podColumns: Column<PodContents>[] = [
  {title: 'NAMESPACE', cell: (pod) => pod.namespace},
  {title: 'POD', cell: (pod) => pod.name},
  {title: 'IP', cell: (pod) => pod.ip ?? '-'},
  {title: 'NODE', cell: (pod) => pod.node ?? '-'},
  {title: 'PROXY', cell: (pod) => roleOf(pod)},
  {title: 'MODE', cell: (pod) => pod.interceptionMode ?? '-'},
  {title: 'ENVOY', cell: (pod) => pod.proxyVersion?.envoy ?? '-'},
  {title: 'ISTIO', cell: (pod) => pod.proxyVersion?.istio ?? '-'},
  {title: 'FILES', cell: (pod) => String(pod.files.length)},
  {title: 'NOT CAPTURED', cell: (pod) => pod.absent.join(', ') || '-'},
]

const roleOf = (pod: PodContents): string =>
  pod.role ?? (pod.sidecar === undefined ? '?' : pod.sidecar ? 'sidecar' : 'none')

type Node = SnapshotContents['nodes'][number]

const nodeColumns: Column<Node>[] = [
  {title: 'NODE', cell: (node) => node.name},
  {title: 'IP', cell: (node) => node.ip ?? '-'},
  {title: 'FILES', cell: (node) => String(node.files.length)},
  {title: 'NOT CAPTURED', cell: (node) => node.absent.join(', ') || '-'},
]

type Service = SnapshotContents['services'][number]

const serviceColumns: Column<Service>[] = [
  {title: 'NAMESPACE', cell: (service) => service.namespace},
  {title: 'SERVICE', cell: (service) => service.name},
  {title: 'ADDRESS', cell: (service) => service.clusterIP ?? '-'},
  {title: 'PORTS', cell: (service) => (service.ports ?? []).map(portOf).join(', ') || '-'},
  {
    title: 'ENDPOINTS',
    cell: (service) =>
      service.endpoints === undefined ? '?' : service.endpoints.map(({ip}) => ip).join(', ') || 'none',
  },
]

type Port = NonNullable<Service['ports']>[number]

const portOf = ({port, targetPort, protocol}: Port): string =>
  `${port}${targetPort === undefined || targetPort === port ? '' : `>${targetPort}`}${protocol === undefined || protocol === 'TCP' ? '' : `/${protocol}`}`

const hostColumns: Column<[string, string[]]>[] = [
  {title: 'ADDRESS', cell: ([address]) => address},
  {title: 'NAMES', cell: ([, names]) => names.join(' ')},
]

const outsideColumns: Column<SnapshotContents['outside'][number]>[] = [
  {title: 'OUTSIDE', cell: (host) => host.name},
  {title: 'ADDRESS', cell: (host) => [host.ip, ...(host.ips ?? [])].filter((ip) => ip !== undefined).join(', ') || '-'},
  {title: 'FILES', cell: (host) => String(host.files.length)},
]

const failureColumns: Column<SnapshotContents['failures'][number]>[] = [
  {title: 'FAILED', cell: ({place}) => place},
  {title: 'WANTED', cell: ({wanted}) => wanted},
  {title: 'REASON', cell: ({reason}) => reason},
]

/** `3 VirtualService, 1 Sidecar`. */
function objectCounts(objects: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const path of objects) {
    const kind = path.split('/')[1] ?? ''
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const told = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')
  return told === '' ? '' : `${printableLine(`Objects: ${told}`)}\n`
}

/** The contents of a snapshot as tables, one beneath the other; sections that are empty are left out. */
export function renderContents(contents: SnapshotContents): string {
  const sections = [
    title(contents),
    table(podColumns, contents.pods),
    podNotes(contents.pods),
    table(nodeColumns, contents.nodes),
    table(serviceColumns, contents.services),
    contents.hosts === null ? 'What DNS answers was not captured.\n' : table(hostColumns, byAddress(contents.hosts)),
    table(outsideColumns, contents.outside),
    objectCounts(contents.objects),
    table(failureColumns, contents.failures),
  ]
  return sections.filter((section) => section !== '').join('\n')
}

function title({name, origin, capturedAt, notes}: SnapshotContents): string {
  const of = name === null ? origin : `${name}, from ${origin}`
  const line = `${of}, ${capturedAt === null ? 'captured at an unknown time' : `captured ${capturedAt}`}`
  return `${printableLine(line)}\n${notes === null ? '' : `${printable(notes)}\n`}`
}

function podNotes(pods: PodContents[]): string {
  const noted = pods.filter((pod) => pod.notes !== undefined)
  return noted.map((pod) => `${printableLine(`${pod.namespace}/${pod.name}: ${pod.notes}`)}\n`).join('')
}

/** Names by address, shortest name first: a service has many of them. */
function byAddress(hosts: Record<string, string[]>): [string, string[]][] {
  const names = new Map<string, string[]>()
  for (const [name, addresses] of Object.entries(hosts))
    for (const address of addresses) names.set(address, [...(names.get(address) ?? []), name])
  return [...names].map(([address, of]) => [address, of.toSorted((a, b) => a.length - b.length)])
}

const blankBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

function table<T>(columns: Column<T>[], items: T[]): string {
  if (items.length === 0) return ''
  const drawn = new Table({
    head: columns.map((column) => column.title),
    chars: blankBorders,
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: []},
  })
  for (const item of items) drawn.push(columns.map((column) => printableLine(column.cell(item))))
  const lines = drawn.toString().split('\n')
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}
