import type {Break, InterceptedWay} from '../../trace/interception/compare.js'
import {workloadName} from '../story/names.js'
import {headline} from '../story/outcome.js'

/** What each mode is called and does, in one line. */
export const modeWords: Record<InterceptedWay['mode'], string> = {
  captured: 'as it was captured',
  REDIRECT: "Istio's rules change the destination of packets",
  TPROXY: "Istio's rules, inbound packets keep their addresses",
  ebpf: 'programs at connect() and tc; bytes go from socket to socket',
  'hook-connect': 'programs at connect() and tc; bytes take the stack',
  takeover: 'no interception: the registry names the proxies',
  none: 'no interception',
}

const stationOf = (name: string): string => {
  const [kind = '', pod = ''] = name.split(' ')
  return kind === 'proxy' ? 'Envoy' : pod === '' ? 'app' : workloadName(pod)
}

/** `productpage > Envoy > Envoy > reviews-v2`. */
export const pathText = ({path}: InterceptedWay): string => path.map(stationOf).join(' > ')

/** Where it ends, in a word or two. */
export function endText({outcome}: InterceptedWay): string {
  const word = headline(outcome).word.toLowerCase()
  return outcome.status === null ? word : `${word} ${outcome.status}`
}

const taken = (answer: {taken: boolean} | null): string =>
  answer === null ? '-' : answer.taken ? 'to Envoy' : 'past Envoy'

/** One line of the comparison: what is asked, and the answer of each way. */
export interface FactRow {
  title: string
  cell(way: InterceptedWay): string
}

const figure = (value: number): string => String(value)

const first = <T>(ways: readonly InterceptedWay[], pick: (way: InterceptedWay) => T | null): T | null =>
  ways.map(pick).find((each) => each !== null) ?? null

/** The rows that tell something of these ways; what none of them can be asked is left out. */
export function factRows(ways: readonly InterceptedWay[]): FactRow[] {
  const port = first(ways, ({probes}) => probes.excludedPort)
  const range = first(ways, ({probes}) => probes.excludedRange)
  const nodes = ways.some(({figures}) => figures.conntrackOnNodes > 0)
  const rows: (FactRow | null)[] = [
    {title: 'ends', cell: endText},
    {title: 'Envoys on the way', cell: ({path}) => figure(path.filter((name) => name.startsWith('proxy ')).length)},
    {title: 'connections', cell: ({figures}) => figure(figures.connections.length)},
    {title: 'stack passes/message', cell: ({figures}) => figure(figures.stackPasses)},
    {title: 'conntrack entries', cell: ({figures}) => figure(figures.conntrack)},
    nodes ? {title: '  and on nodes', cell: ({figures}) => figure(figures.conntrackOnNodes)} : null,
    {title: 'app sees as peer', cell: ({appSees}) => appSees ?? '-'},
    {
      title: 'client sees as peer',
      cell: (way) => (way.breaks.some(({kind}) => kind === 'peer-hidden') ? 'its Envoy' : 'as asked'),
    },
    {title: "as the proxy's uid", cell: ({probes}) => taken(probes.proxyUser)},
    {title: "in the proxy's gid", cell: ({probes}) => taken(probes.proxyGroup)},
    port === null ? null : {title: `excluded port ${port.port}`, cell: ({probes}) => taken(probes.excludedPort)},
    range === null ? null : {title: `excluded ${range.ip}`, cell: ({probes}) => taken(probes.excludedRange)},
    {title: 'DNS question (UDP)', cell: ({probes}) => taken(probes.dns)},
    {title: 'from outside the mesh', cell: ({probes}) => taken(probes.fromOutside)},
  ]
  return rows.filter((row) => row !== null)
}

const endWords = (outcome: InterceptedWay['outcome']): string => {
  const {by, status} = outcome
  const at = by === null ? '' : ` at ${by.pod === null ? (by.address ?? 'a host') : workloadName(by.pod)}`
  return `${headline(outcome).word.toLowerCase()}${status === null ? '' : ` ${status}`}${at}`
}

/** What breaks, as a sentence. */
export function sayBreak(found: Break): string {
  switch (found.kind) {
    case 'no-proxy':
      return found.side === 'client'
        ? "the client's Envoy does not see it: no routing rules, retries, mTLS or telemetry of the client's side"
        : "the server's Envoy does not see it: its policies and STRICT mTLS are not applied"
    case 'source-hidden':
      return `source address lost: the app sees ${found.sees} instead of ${found.client}`
    case 'peer-hidden':
      return `the client's own socket shows ${found.shows} instead of ${found.asked} (getpeername, /proc/net/tcp)`
    case 'exempt':
      return `an app that runs ${found.id === 'uid' ? 'as uid' : 'in gid'} ${found.value} goes past its Envoy`
    case 'group-not-exempt':
      return `gid ${found.gid} does not exempt an app here, as Istio's rules would`
    case 'exclusion-ignored':
      return `the excluded ${found.what} goes to Envoy all the same`
    case 'dns-not-taken':
      return `questions to ${found.server} do not come to the sidecar, which answers them as captured`
    case 'open-from-outside':
      return `who is outside the mesh reaches the app past its Envoy (${found.to})`
    case 'ends-otherwise':
      return `it ends otherwise: ${endWords(found.here)} instead of ${endWords(found.captured)}`
  }
}
