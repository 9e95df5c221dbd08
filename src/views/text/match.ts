import {formatSocketAddress} from '../../address/socket-address.js'
import type {Step} from '../../decision/step.js'
import type {MosnRequest} from '../../mosn/match/request.js'
import type {HostShare, MosnBranch, MosnMatch} from '../../mosn/match/result.js'
import type {MatchRequest} from '../../xds/match/request.js'
import type {EndpointShare, Match, MatchBranch, Outcome} from '../../xds/match/result.js'
import {printableLine} from '../printable.js'
import {sayBecause, sayFails} from '../story/check.js'
import {sayTransport} from '../story/proxy.js'
import {sharePercent} from '../story/share.js'
import {type Line, line, lineText, span, type Tone} from '../styled.js'
import {colourTheme, paint} from '../theme.js'
import {candidatesText} from './candidates.js'
import {hanging} from './layout.js'
import type {TextOptions} from './trace.js'

type Branch = MatchBranch | MosnBranch
type Shares = readonly (EndpointShare | HostShare)[]

/** Cells before what was decided. */
const indent = 20

/** The answer of one proxy as text: the answer first, then one line a decision. */
export function renderMatch({request, branches}: Match | MosnMatch, {detail, width, colour}: TextOptions): string {
  if (detail === 'minimal') return `${branches.map((branch) => printableLine(minimalLine(branch))).join('\n')}\n`
  const layout = {width: Math.max(40, width), full: detail === 'full'}
  const [first] = branches
  const lines = [
    ...requestLines(request, layout.width),
    [],
    ...branches.flatMap((branch) => answerLines(branch, branches.length, layout.width)),
    ...branches.flatMap((branch) => [
      line(),
      ...(branches.length > 1 ? [line(span(sharePercent(branch.probability), 'strong'), ' ', headline(branch))] : []),
      // What the first way has said already is not said again.
      ...newSteps(branch, branch === first ? null : (first ?? null))
        // The endpoints stand below with their shares.
        .filter(({level}) => layout.full || level !== 'endpoint' || branch.outcome.kind !== 'forwarded')
        .flatMap((step) => stepLines(step, layout)),
      ...factLines(branch, layout.width),
      ...insideLines(branch, layout),
    ]),
  ]
  return `${lines.map((each) => (colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
}

/** What internal listeners of this Envoy do behind the endpoints, one after the other. */
const insideLines = ({endpoints}: Branch, layout: {width: number; full: boolean}): Line[] =>
  endpoints.flatMap((endpoint) =>
    ('inner' in endpoint ? (endpoint.inner ?? []) : []).flatMap((branch) => [
      line(),
      line(
        span(`inside, at ${endpoint.address}   `, 'dim'),
        headline(branch),
        span(`   ${sharePercent(branch.probability)}`, 'dim'),
      ),
      ...branch.steps.flatMap((step) => stepLines(step, layout)),
      ...factLines(branch, layout.width),
      ...insideLines(branch, layout),
    ]),
  )

const orDash = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '-' : String(value)

/** One stable line a branch, for tests and scripts. */
function minimalLine(branch: Branch): string {
  const {kind, status, responseFlags, details} = branch.outcome
  return [
    branch.probability.toFixed(4),
    kind,
    `status=${orDash(status)}`,
    `flags=${responseFlags}`,
    `details=${orDash(details)}`,
    `listener=${orDash(branch.listener)}`,
    `chain=${orDash(branch.filterChain?.name ?? branch.filterChain?.index)}`,
    `vhost=${orDash(branch.virtualHost)}`,
    `route=${orDash(branch.route?.name ?? branch.route?.index)}`,
    `cluster=${orDash(branch.cluster)}`,
    `endpoints=${branch.endpoints.map(({address}) => address).join(',') || '-'}`,
  ].join(' ')
}

function requestLines(request: MatchRequest | MosnRequest, width: number): Line[] {
  const {http, tls, direction, dst, src, protocol} = request
  const scheme = tls ? 'https' : 'http'
  const rpc = 'rpc' in request ? request.rpc : null
  const asked = rpc
    ? line(span(`${protocol} ${rpc.service}${rpc.method === null ? '' : `.${rpc.method}`}`, 'strong'))
    : http
      ? line(span(`${http.method} ${scheme}://${http.authority ?? '(no host)'}${http.path}`, 'strong'))
      : line(
          span(
            tls ? `TLS connection${tls.sni === null ? '' : `, SNI ${tls.sni}`}` : `${protocol} connection`,
            'strong',
          ),
        )
  const headers = (rpc ?? http)?.headers.map(([name, value]) => `${name}: ${value}`).join('   ') ?? ''
  const from = src ? ` from ${formatSocketAddress(src)}` : ''
  return [
    ...hanging(line(), line(...asked, headers === '' ? '' : `   ${headers}`), 0, width),
    line(span(`${direction} to ${formatSocketAddress(dst)}${from}`, 'dim')),
  ]
}

const headlines: Record<Outcome['kind'], {word: string; tone: Tone}> = {
  forwarded: {word: 'FORWARDED', tone: 'good'},
  responded: {word: 'ANSWERED', tone: 'bad'},
  reset: {word: 'CLOSED', tone: 'bad'},
  'no-listener': {word: 'REFUSED: no listener', tone: 'bad'},
  unknown: {word: 'NOT KNOWN', tone: 'warn'},
}

const headline = ({outcome, cluster}: Branch) => {
  const {word, tone} = headlines[outcome.kind]
  const status = outcome.status === null ? '' : ` with ${outcome.status}`
  return span(`${word}${status}${outcome.kind === 'forwarded' ? ` to ${orDash(cluster)}` : ''}`, tone)
}

function answerLines(branch: Branch, ways: number, width: number): Line[] {
  const {responseFlags, details} = branch.outcome
  const share = ways === 1 ? certainty(branch) : `${shareText(branch)}, one of ${ways} ways`
  const evidence = [
    details === null ? null : `details ${details}`,
    responseFlags === '-' ? null : `flags ${responseFlags}`,
  ]
  const facts = evidence.filter((fact) => fact !== null).join(', ')
  return [
    ...hanging(line(), line(headline(branch), span(`   ${share}`, 'dim')), 0, width),
    ...(facts === '' ? [] : hanging(line(), line(facts), 2, width)),
  ]
}

/** A share that depends on what nobody chose, as between the least and the most that it can be. */
function shareText(branch: Branch): string {
  const range = 'probabilityRange' in branch ? branch.probabilityRange : undefined
  const share = sharePercent(branch.probability)
  if (range === undefined || range[0] === range[1]) return share
  return `${share} (${sharePercent(range[0])} to ${sharePercent(range[1])}, by the order of a Go map)`
}

const certainty = ({assumptions}: Branch): string =>
  assumptions.length === 0 ? 'certain' : `under ${assumptions.length} assumption${assumptions.length === 1 ? '' : 's'}`

function newSteps(branch: Branch, first: Branch | null): Step[] {
  if (!first) return branch.steps
  const said = new Set(first.steps.map((step) => JSON.stringify(step)))
  return branch.steps.filter((step) => !said.has(JSON.stringify(step)))
}

function stepLines(step: Step, {width, full}: {width: number; full: boolean}): Line[] {
  const lead = line(span(`  ${step.level}`, 'plain'))
  const why = reasonOf(step)
  const decided = step.decided === null ? span('none fits', 'bad') : span(step.decided, 'name')
  const text = hanging(lead, line(decided, span(why === null ? '' : `   ${why}`, 'dim')), indent, width)
  if (!full) return text
  return [...text, ...hanging(line(), line(span(step.at, 'dim')), indent, width), ...candidatesText(step, width)]
}

/** Why the winner won; where nothing speaks for it, what ruled out the last of the others. */
function reasonOf({decided, because, passedOver}: Step): string | null {
  const last = passedOver.findLast(({check}) => check.holds !== 'yes')
  if (because.length > 0 || !last) return sayBecause(because.filter(({want}) => want !== decided))
  const others = passedOver.length - 1
  const more = others === 0 ? '' : `; ${others} more ${others === 1 ? 'does' : 'do'} not fit`
  return `${last.name === undefined ? '' : `${last.name}: `}${sayFails(last.check)}${more}`
}

const fact = (level: string, text: string, width: number, tone: Tone = 'plain'): Line[] =>
  hanging(line(span(`  ${level}`)), line(span(text, tone)), indent, width)

function factLines(branch: Branch, width: number): Line[] {
  const {rewritten, assumptions, notes, endpoints, outcome} = branch
  const sent = [
    ...(rewritten?.authority ? [`host ${rewritten.authority}`] : []),
    ...(rewritten?.path ? [`path ${rewritten.path}`] : []),
  ]
  return [
    ...(outcome.kind === 'forwarded'
      ? endpoints.flatMap((endpoint) => fact('endpoint', sayEndpoint(endpoint), width))
      : []),
    ...transportLine(endpoints, width),
    ...(sent.length === 0 ? [] : fact('rewritten', `sent on with ${sent.join(', ')}`, width)),
    ...notes.flatMap(({kind, text}) => fact('note', `${kind}: ${text}`, width, 'dim')),
    ...assumptions.flatMap(({about, assumed, turn}) =>
      fact('assumes', `${about}: ${assumed}${turn === null ? '' : `   (${turn})`}`, width, 'warn'),
    ),
  ]
}

const sayEndpoint = ({address, probability, health, locality}: EndpointShare | HostShare): string =>
  [address, sharePercent(probability), health.toLowerCase(), ...(locality === null ? [] : [locality])].join(', ')

/** What is spoken to the endpoints, where they share it. */
function transportLine(endpoints: Shares, width: number): Line[] {
  const words = new Set(endpoints.map(({transport}) => sayTransport(transport).words))
  return [...words].flatMap((text) => fact('transport', text, width))
}
