import type {Difference, Share} from '../../xds/check/expectation.js'
import {candidateName, sayBecause, sayFails} from './check.js'
import {sharePercent} from './share.js'

/** What is not as expected, as two texts to hold against each other, and why it came out so. */
export interface ToldDifference {
  member: string
  expected: string
  got: string
  /** The deciding steps, then why it passed over what was expected; empty where nothing is known. */
  reasons: string[]
}

export function tellDifference(difference: Difference): ToldDifference {
  const {member, expected, got, reasons, rejected} = difference
  return {
    member,
    expected: sayShares(expected),
    got: `${sayShares(got)}${outcomeText(difference)}`,
    reasons: [
      ...reasons.map(reasonText),
      ...(rejected === null ? [] : [`not ${candidateName(rejected)}: ${sayFails(rejected.check)}`]),
    ],
  }
}

function reasonText({level, decided, because}: Difference['reasons'][number]): string {
  const why = sayBecause(because.filter(({want}) => want !== decided))
  return `${level} ${decided ?? 'none fits'}${why === null ? '' : `: ${why}`}`
}

/** A value that all requests have stands alone. */
const sayShares = (shares: readonly Share[]): string =>
  shares
    .map(({value, share}) =>
      share === null || (share === 1 && shares.length === 1) ? value : `${value} ${sharePercent(share)}`,
    )
    .join(', ')

/** Where a request does not get on, that is the better part of the answer. */
function outcomeText({member, outcome: {kind, status, details}}: Difference): string {
  if (kind === 'forwarded') return ''
  const parts = Object.entries({outcome: kind, status, details}).filter(
    ([name, part]) => name !== member && part !== null,
  )
  return ` (${parts.map(([, part]) => part).join(', ')})`
}
