import type {Hop, Outcome, Trace, TraceBranch} from '../../trace/trace.js'
import {printableLine} from '../printable.js'

const orDash = (text: string | number | null | undefined): string =>
  text === null || text === undefined || text === '' ? '-' : String(text)

function hopText(hop: Hop): string {
  switch (hop.place) {
    case 'app':
      return `app ${hop.pod ?? hop.host ?? 'outside'} ${orDash(hop.address)}`
    case 'netns':
      return ['netns', hop.pod, hop.crossing, ...(hop.ebpf?.programs ?? []), ...hop.rules, '->', rulesEnd(hop)].join(
        ' ',
      )
    case 'node':
      return ['node', hop.node, ...hop.rules, '->', rulesEnd(hop)].join(' ')
    case 'proxy':
      return [
        `proxy ${hop.pod} ${hop.direction ?? 'gateway'}`,
        `listener=${orDash(hop.listener)}`,
        `chain=${orDash(hop.filterChain?.name ?? hop.filterChain?.index)}`,
        `vhost=${orDash(hop.virtualHost)}`,
        `route=${orDash(hop.route?.name ?? hop.route?.index)}`,
        `cluster=${orDash(hop.cluster)}`,
        `-> ${hop.outcome.kind === 'forwarded' ? orDash(hop.endpoint) : `${hop.outcome.kind} ${orDash(hop.outcome.status)} ${hop.outcome.responseFlags} ${orDash(hop.outcome.details)}`}`,
      ].join(' ')
  }
}

const rulesEnd = ({verdict, redirectedTo}: {verdict: string; redirectedTo: string | null}): string =>
  redirectedTo ?? verdict

const outcomeText = ({kind, status, responseFlags, details, by}: Outcome): string =>
  `${kind} ${orDash(status)} ${responseFlags} ${orDash(details)} by ${orDash(by?.pod)} ${orDash(by?.address)}`

const branchText = (branch: TraceBranch, index: number): string[] => [
  `branch ${index + 1} ${branch.probability.toFixed(4)} ${outcomeText(branch.outcome)}`,
  ...branch.hops.map(hopText),
  ...branch.assumptions.map(({about, assumed}) => `assumption ${about}: ${assumed}`),
  ...branch.warnings.map((warning) => `warning ${warning}`),
]

/** One stable line a hop, for tests and scripts: members in fixed order, `-` for none. */
export const minimalTrace = (trace: Trace): string[] => trace.branches.flatMap(branchText).map(printableLine)
