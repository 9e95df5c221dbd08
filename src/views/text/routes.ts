import type {Finding} from '../../xds/search/finding.js'
import type {Way, WhoReaches} from '../../xds/search/who-reaches.js'
import {printableLine} from '../printable.js'

const label = 12

const field = (name: string, text: string): string => `  ${name.padEnd(label)}${text}`

const lines = (all: readonly string[]): string => `${all.map((line) => printableLine(line).trimEnd()).join('\n')}\n`

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`

/** The ways to a cluster, subset or endpoint: where, what the request has to be like, and one that gets there. */
export function renderWhoReaches({target, ways}: WhoReaches): string {
  const {kind, text} = target
  if (ways.length === 0) return lines([`Nothing sends to ${kind} ${text}.`])
  const count = ways.length === 1 ? '1 way' : `${ways.length} ways`
  return lines([`${count} to ${kind} ${text}`, ...ways.flatMap(wayLines)])
}

function wayLines(way: Way): string[] {
  const shares = [
    ...(way.share === null ? [] : [`${percent(way.share)} of its requests`]),
    ...(way.endpointShare === null ? [] : [`${percent(way.endpointShare)} of the cluster's requests`]),
  ]
  return [
    '',
    way.path.join(' > '),
    field('at', way.at),
    field('from', way.entrances.map(entranceText).join(', ')),
    field('to', `${way.cluster ?? '(named by the request)'}${howText(way)}`),
    ...(shares.length > 0 ? [field('share', shares.join(', '))] : []),
    ...way.demands.map((demand, index) => field(index === 0 ? 'if' : '', `${demand.field}: ${demand.want}`)),
    ...reachLines(way),
  ]
}

const entranceText = ({listener, filterChain}: Way['entrances'][number]): string =>
  `${listener} (${filterChain.name ?? `filter chain ${filterChain.index}`})`

const hows: Record<Way['how'], string> = {
  cluster: '',
  weighted: ', by weight',
  cluster_header: ', named by a header',
  mirror: ', as a copy',
  tcp_proxy: ', as TCP',
}

const howText = ({how}: Way): string => hows[how]

function reachLines({reachable, reason, takenBy, filters, example}: Way): string[] {
  const verdict = reachable === 'yes' ? [] : [field(verdicts[reachable], reason ?? ''), ...takerLines(takenBy)]
  if (!example) return verdict
  const headers = example.headers.map(([name, value]) => `, ${name}: ${value}`).join('')
  const assumed = filters?.assumptions ?? []
  return [
    ...verdict,
    field('for example', `${example.method} ${example.authority} ${example.path}${headers}`),
    ...(filters?.verdict === 'undecided' ? [field('filters', 'what they do with it is not known')] : []),
    ...assumed.map((text, index) => field(index === 0 ? 'assuming' : '', text)),
  ]
}

const verdicts = {no: 'unreachable', undecided: 'undecided'} as const

const takerLines = (takers: Finding['takenBy']): string[] =>
  takers.map(({path}, index) => field(index === 0 ? 'taken by' : '', path.join(' > ')))

/** What nothing can reach, the certain ones first. */
export function renderShadowed(findings: readonly Finding[]): string {
  if (findings.length === 0) return lines(['Everything can be reached.'])
  const certain = findings.filter(({reachable}) => reachable === 'no')
  const open = findings.filter(({reachable}) => reachable === 'undecided')
  return lines([
    `${certain.length} unreachable, ${open.length} undecided`,
    ...[...certain, ...open].flatMap(({path, at, reachable, reason, takenBy}) => [
      '',
      path.join(' > '),
      field('at', at),
      field(verdicts[reachable], reason),
      ...takerLines(takenBy),
    ]),
  ])
}
