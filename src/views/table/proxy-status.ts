import type {ResourceKind} from '../../xds/status/proxy-state.js'
import type {ProxyEntry} from '../json/proxy-status.js'
import type {Column, Mark, Table} from './column.js'

type Reached = Extract<ProxyEntry, {reached: true}>

const ofReached =
  (cell: (entry: Reached) => string) =>
  (entry: ProxyEntry): string =>
    entry.reached ? cell(entry) : '-'

const count = (title: string, kind: ResourceKind): Column<ProxyEntry> => ({
  title,
  cell: ofReached(({counts}) => String(counts[kind])),
})

/** `45s`, `12m`, `3h`, `9d`. */
export function ageText(seconds: number | null): string {
  if (seconds === null) return '-'
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const
  const unit = units.find(([size]) => seconds >= 2 * size)
  return unit === undefined ? `${Math.round(seconds)}s` : `${Math.floor(seconds / unit[0])}${unit[1]}`
}

/** What a proxy is called bad for, in a few words; `synced` where there is nothing. */
export function standingText(entry: ProxyEntry): string {
  if (!entry.reached) return `UNREACHABLE: ${entry.reason}`
  const {standing, rejected, behind, warming} = entry
  switch (standing) {
    case 'rejected':
      return `REJECTED: ${rejected.map(({kind, name}) => `${kind} ${name}`).join(', ')}`
    case 'stale':
      return `STALE: ${behind.map(({kind, seconds}) => `${kind} ${ageText(seconds)}`).join(', ')} behind`
    case 'warming':
      return `warming: ${warming.map(({kind, name}) => `${kind} ${name}`).join(', ')}`
    case 'synced':
    case 'static':
      return standing
  }
}

function markOf(entry: ProxyEntry): Mark {
  if (!entry.reached || entry.standing === 'rejected') return 'bad'
  return entry.standing === 'synced' || entry.standing === 'static' ? 'good' : 'warn'
}

const columns: readonly Column<ProxyEntry>[] = [
  {title: 'POD', cell: ({pod}) => pod},
  {title: 'ISTIO', cell: ofReached(({istioVersion}) => istioVersion ?? '-')},
  {title: 'ENVOY', cell: ofReached(({envoyVersion}) => envoyVersion ?? '-')},
  {title: 'AGE', cell: ofReached(({ageSeconds}) => ageText(ageSeconds))},
  count('LISTENERS', 'listeners'),
  count('CLUSTERS', 'clusters'),
  count('ROUTES', 'routes'),
  count('ENDPOINTS', 'endpoints'),
  {title: 'STATUS', cell: standingText, mark: markOf},
]

export const proxyStatusTable = (rows: readonly ProxyEntry[]): Table<ProxyEntry> => ({columns, rows})
