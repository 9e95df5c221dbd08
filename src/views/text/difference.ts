import type {BranchDifference, Difference, TraceDifference} from '../../trace/difference.js'
import {printableLine} from '../printable.js'
import {sharePercent} from '../story/share.js'

/** Where two traces part ways, first difference first. `left` and `right` are what the sides are called. */
export function renderDifferenceText(found: TraceDifference, left: string, right: string): string {
  const head = [`- ${left}`, `+ ${right}`, '']
  if (found.same) return `${[...head, 'The same way, hop by hop.'].map(printableLine).join('\n')}\n`
  const many = found.branches.length > 1
  const body = found.branches.flatMap((branch, index) => branchLines(branch, many ? index + 1 : null))
  return `${[...head, ...body].map((text) => printableLine(text)).join('\n')}\n`
}

function branchLines({probability, differences}: BranchDifference, number: number | null): string[] {
  const title = number === null ? [] : [`branch ${number}`]
  const shares =
    probability.left === probability.right
      ? []
      : ['  share', `    - ${sharePercent(probability.left)}`, `    + ${sharePercent(probability.right)}`]
  if (differences.length === 0 && shares.length === 0) return [...title, '  the same', '']
  return [...title, ...shares, ...differences.flatMap(differenceLines), '']
}

const differenceLines = ({hop, where, member, left, right}: Difference, index: number): string[] => [
  `${index === 0 ? 'They part at' : '  then'} ${hop === null ? where : `hop ${hop + 1}, ${where}`}: ${member}`,
  `    - ${left ?? '(none)'}`,
  `    + ${right ?? '(none)'}`,
]
