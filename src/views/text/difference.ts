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

function branchLines(branch: BranchDifference, number: number | null): string[] {
  const {probability, differences} = branch
  const title = number === null ? [] : [`branch ${number}`]
  if (probability.left === 0 || probability.right === 0) return [...title, ...oneSided(branch), '']
  const shares =
    probability.left === probability.right
      ? []
      : ['  share', `    - ${sharePercent(probability.left)}`, `    + ${sharePercent(probability.right)}`]
  if (differences.length === 0 && shares.length === 0) return [...title, '  the same', '']
  const apart = differences.findIndex(({member}) => member === 'place')
  const together = apart === -1 ? differences : differences.slice(0, apart)
  const told = together.filter(({hop}) => hop !== null)
  const whole = differences.filter(({hop}) => hop === null)
  return [
    ...title,
    ...shares,
    ...told.flatMap(differenceLines),
    ...(apart === -1 ? [] : apartLines(differences.slice(apart), told.length)),
    ...whole.flatMap((each, index) => differenceLines(each, told.length + (apart === -1 ? 0 : 1) + index)),
    '',
  ]
}

/** A way that one side does not have: how it ends says enough. */
function oneSided({probability, differences}: BranchDifference): string[] {
  const end = differences.find(({hop}) => hop === null)
  return probability.right === 0
    ? [`    - ${sharePercent(probability.left)} ${end?.left ?? ''}`, '    + no such way']
    : ['    - no such way', `    + ${sharePercent(probability.right)} ${end?.right ?? ''}`]
}

/** From the first hop at different places on, position says nothing: each side's way stands as a whole. */
function apartLines(differences: readonly Difference[], before: number): string[] {
  const places = differences.filter(({member}) => member === 'place')
  const way = (mark: string, side: 'left' | 'right'): string[] => {
    const passed = places.flatMap((each) => each[side] ?? [])
    return passed.length === 0 ? [`    ${mark} (has ended)`] : passed.map((place) => `    ${mark} ${place}`)
  }
  const number = (places[0]?.hop ?? 0) + 1
  return [`${lead(before)} hop ${number}, and go on as`, ...way('-', 'left'), ...way('+', 'right')]
}

const lead = (index: number): string => (index === 0 ? 'They part at' : '  then')

const differenceLines = ({hop, where, member, left, right}: Difference, index: number): string[] => [
  `${lead(index)} ${hop === null ? where : `hop ${hop + 1}, ${where}`}: ${member}`,
  `    - ${left ?? '(none)'}`,
  `    + ${right ?? '(none)'}`,
]
