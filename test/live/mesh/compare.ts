import type {ProxyHop, Trace, TraceBranch} from '../../../src/trace/trace.js'
import type {Observation} from './observation.js'

const short = (pod: string | null | undefined): string => (pod ?? '').slice((pod ?? '').indexOf('/') + 1)

/** In what every branch differs from what was seen; the least of it. Empty where one branch is just what happened. */
export function misfits({branches}: Trace, seen: Observation): string[] {
  const all = branches.map((branch) => [
    ...clientMisfits(branch, seen),
    ...proxyMisfits(branch, seen),
    ...ruleMisfits(branch, seen),
  ])
  const best = all.sort((a, b) => a.length - b.length)[0] ?? ['no branch']
  const sum = branches.reduce((total, {probability}) => total + probability, 0)
  return Math.abs(sum - 1) > 1e-9 ? [...best, `probabilities sum to ${sum}`] : best
}

/** curl's exit codes: 7 refused, 28 time-out, 52 empty reply, 56 reset. */
function clientMisfits({outcome}: TraceBranch, {client}: Observation): string[] {
  const ends: Record<string, boolean> = {
    delivered: client.exit === 0 && client.pod === short(outcome.by?.pod),
    responded: client.exit === 0 && client.status === outcome.status,
    reset: [52, 56].includes(client.exit),
    refused: client.exit === 7,
    unreachable: client.exit === 7,
    timeout: client.exit === 28,
    loop: false,
  }
  return ends[outcome.kind]
    ? []
    : [
        `outcome ${outcome.kind} ${outcome.status ?? ''} by ${outcome.by?.pod}, client saw exit ${client.exit} status ${client.status} from ${client.pod}`,
      ]
}

const upTo = (details: unknown): string => String(details ?? '').split('{')[0] ?? ''

function proxyMisfits({hops}: TraceBranch, {logs}: Observation): string[] {
  const proxies = hops.filter((hop): hop is ProxyHop => hop.place === 'proxy')
  const unmatched = new Map([...logs].map(([pod, lines]) => [pod, [...lines]]))
  const wrong: string[] = []
  for (const hop of proxies) {
    const lines = unmatched.get(short(hop.pod)) ?? []
    const judged = lines
      .map((line, index) => ({index, wrong: differences(hop, line)}))
      .sort((a, b) => a.wrong.length - b.wrong.length)
    const [closest] = judged
    if (closest === undefined) wrong.push(`${short(hop.pod)} ${hop.listener} logged nothing`)
    else {
      wrong.push(...closest.wrong.map((text) => `${short(hop.pod)} ${hop.listener}: ${text}`))
      lines.splice(closest.index, 1)
    }
  }
  for (const [pod, lines] of unmatched) wrong.push(...lines.map((line) => `${pod} logged ${JSON.stringify(line)}`))
  return wrong
}

/** A hop against a line of the access log; what the log does not have is not compared. */
function differences(hop: ProxyHop, line: Record<string, unknown>): string[] {
  const {outcome} = hop
  const ownAnswer = outcome.kind === 'responded'
  const pairs: [string, unknown, unknown][] = [
    ['listener', hop.listener, line['listener']],
    ['filter chain', hop.filterChain?.name ?? undefined, line['filter_chain'] ?? undefined],
    ['route', hop.route?.name || undefined, line['route'] || undefined],
    [
      'cluster',
      outcome.kind === 'forwarded' ? hop.cluster : (line['cluster'] ?? undefined),
      line['cluster'] ?? undefined,
    ],
    [
      'endpoint',
      outcome.kind === 'forwarded' ? hop.endpoint : undefined,
      outcome.kind === 'forwarded' ? line['upstream'] : undefined,
    ],
    ['flags', outcome.responseFlags, racedFlags(hop, line['flags'])],
    ['status', ownAnswer ? outcome.status : undefined, ownAnswer ? line['code'] : undefined],
    ['details', ownAnswer ? upTo(outcome.details) : undefined, ownAnswer ? upTo(line['details']) : undefined],
  ]
  return pairs.flatMap(([member, want, got]) => (want === got ? [] : [`${member} ${want}, logged ${got}`]))
}

/**
 * A server that cannot connect closes its client's connection: with RST (UR) or without, as the client's bytes have arrived by
 * then or not. Either is right.
 */
const racedFlags = ({outcome, route}: ProxyHop, logged: unknown): unknown =>
  outcome.kind === 'forwarded' && route === null && outcome.responseFlags === '-' && logged === 'UR' ? '-' : logged

/** nat rules count connections: just those that we name, as often. Others count packets: those that we name must be among them. */
function ruleMisfits({hops}: TraceBranch, {rules}: Observation): string[] {
  const named = new Map<string, Map<string, number>>()
  for (const hop of hops) {
    if (hop.place !== 'netns' && hop.place !== 'node') continue
    const place = hop.place === 'node' ? hop.node : short(hop.pod)
    const counts = named.get(place) ?? new Map<string, number>()
    named.set(place, counts)
    for (const rule of hop.rules) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  }
  return [...rules].flatMap(([place, counted]) => {
    const own = named.get(place) ?? new Map<string, number>()
    const all = new Set([...own.keys(), ...counted.keys()])
    return [...all].flatMap((rule) => {
      const [want, got] = [own.get(rule) ?? 0, counted.get(rule) ?? 0]
      const fits = isNat(rule) ? want === got : want <= got
      return fits ? [] : [`${place} ${rule}: ${want} times, counted ${got}`]
    })
  })
}

const isNat = (rule: string): boolean => rule.startsWith('nat:') || rule.includes('-nat:')
