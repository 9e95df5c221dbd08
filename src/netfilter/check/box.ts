import {hasNumber, intersectSets, isEmpty, type NumberSet, subtractSets} from './number-set.js'

/** What rules ask of a packet, each as a set of numbers; -1 stands for a thing that a packet does not have (ports, owner, TCP flags). */
export const dimensions = [
  'dst',
  'dport',
  'protocol',
  'src',
  'sport',
  'in',
  'out',
  'uid',
  'gid',
  'mark',
  'state',
  'flags',
] as const

export type Dimension = (typeof dimensions)[number]

/** A product of sets: packets that have one of the numbers in every dimension. An absent dimension is not asked. */
export type Box = Readonly<Partial<Record<Dimension, NumberSet>>>

/** All numbers of every dimension. */
export type FullBox = Readonly<Record<Dimension, NumberSet>>

/** null: no packet is in both. */
export function intersectBoxes(a: Box, b: Box): Box | null {
  const both: Partial<Record<Dimension, NumberSet>> = {...a}
  for (const dimension of dimensions) {
    const [one, other] = [a[dimension], b[dimension]]
    if (other === undefined) continue
    const set = one === undefined ? other : intersectSets(one, other)
    if (isEmpty(set)) return null
    both[dimension] = set
  }
  return both
}

/** Packets of `a` that are not in `b`, as disjoint boxes; `a` itself where the two are disjoint. */
export function subtractBox(a: Box, b: Box, full: FullBox): Box[] {
  if (intersectBoxes(a, b) === null) return [a]
  const rest: Box[] = []
  let inside: Box = a
  for (const dimension of dimensions) {
    const asked = b[dimension]
    if (asked === undefined) continue
    const have = inside[dimension] ?? full[dimension]
    const outside = subtractSets(have, asked)
    if (!isEmpty(outside)) rest.push({...inside, [dimension]: outside})
    inside = {...inside, [dimension]: intersectSets(have, asked)}
  }
  return rest
}

/** What is left of `boxes` after all of `taken`; null where it falls apart into more than `limit` boxes. */
export function subtractAll(
  boxes: readonly Box[],
  taken: readonly Box[],
  full: FullBox,
  limit: number,
): readonly Box[] | null {
  let rest = boxes
  for (const one of taken) {
    if (rest.length === 0) return rest
    rest = rest.flatMap((box) => subtractBox(box, one, full))
    if (rest.length > limit) return null
  }
  return rest
}

export const intersectAll = (some: readonly Box[], others: readonly Box[]): Box[] =>
  some.flatMap((one) => others.flatMap((other) => intersectBoxes(one, other) ?? []))

/** A packet as its number in every dimension. */
export type Point = Readonly<Record<Dimension, number>>

export const boxHas = (box: Box, point: Point): boolean =>
  dimensions.every((dimension) => {
    const set = box[dimension]
    return set === undefined || hasNumber(set, point[dimension])
  })
