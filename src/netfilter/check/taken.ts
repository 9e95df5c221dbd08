import type {Rule} from '../ruleset.js'
import {type Box, type Dimension, dimensions, type FullBox, intersectBoxes, subtractAll} from './box.js'

/** Packets that do not come to the rules after `by`. */
export interface Taken {
  boxes: readonly Box[]
  by: Rule
  /** `ended`: no rule of this base chain sees them again; `left`: rules of a calling chain may. */
  how: 'ended' | 'left'
}

/** More boxes than this are not followed; what is then not known is said. */
export const mostBoxes = 400

/** What was taken before a rule, to be found by destination: most rules of a node's big tables name one address each. */
export class TakenList {
  private readonly byDestination = new Map<number, {order: number; taken: Taken}[]>()
  private readonly others: {order: number; taken: Taken}[] = []
  private count = 0
  /** Dimensions that some entry asks for. */
  private readonly asked = new Set<Dimension>()

  constructor(earlier: readonly Taken[] = []) {
    for (const taken of earlier) this.add(taken)
  }

  add(taken: Taken): void {
    const only = taken.boxes.length === 1 ? taken.boxes[0]?.dst : undefined
    const entry = {order: this.count++, taken}
    for (const box of taken.boxes)
      for (const dimension of dimensions) if (box[dimension] !== undefined) this.asked.add(dimension)
    if (only?.length !== 2 || only[0] !== only[1]) this.others.push(entry)
    else {
      const key = only[0] ?? 0
      const same = this.byDestination.get(key)
      if (same) same.push(entry)
      else this.byDestination.set(key, [entry])
    }
  }

  /** Those that take some packet of the boxes, in order. */
  touching(boxes: readonly Box[]): Taken[] {
    return this.candidates(boxes)
      .sort((a, b) => a.order - b.order)
      .map(({taken}) => taken)
      .filter((taken) => taken.boxes.some((one) => boxes.some((box) => intersectBoxes(one, box) !== null)))
  }

  private candidates(boxes: readonly Box[]): {order: number; taken: Taken}[] {
    const destinations = new Set<number>()
    for (const {dst} of boxes) {
      if (dst?.length !== 2 || dst[0] !== dst[1]) return [...this.others, ...[...this.byDestination.values()].flat()]
      destinations.add(dst[0] ?? 0)
    }
    return [...this.others, ...[...destinations].flatMap((dst) => this.byDestination.get(dst) ?? [])]
  }

  /** After a rule changed `dimension` of packets, what asked for it says nothing of them any more. */
  without(dimension: Dimension): TakenList {
    if (!this.asked.has(dimension)) return this
    const all = [...this.others, ...[...this.byDestination.values()].flat()].sort((a, b) => a.order - b.order)
    return new TakenList(
      all.flatMap(({taken}) => {
        const boxes = taken.boxes.filter((box) => box[dimension] === undefined)
        return boxes.length === 0 ? [] : [{...taken, boxes}]
      }),
    )
  }
}

/** The fewest of `takers` that leave nothing of `boxes`, one rule before several; null where something is left or it falls apart. */
export function coverOf(boxes: readonly Box[], takers: readonly Taken[], full: FullBox): Rule[] | null {
  const byRule = new Map<Rule, Box[]>()
  for (const {by, boxes: own} of takers) byRule.set(by, [...(byRule.get(by) ?? []), ...own])
  for (const [rule, own] of byRule) if (isCovered(boxes, own, full)) return [rule]
  let rules = [...byRule]
  const boxesOf = (some: readonly [Rule, Box[]][]): Box[] => some.flatMap(([, own]) => own)
  if (!isCovered(boxes, boxesOf(rules), full)) return null
  if (rules.length > 24) return rules.map(([rule]) => rule)
  for (const one of [...rules].reverse()) {
    const fewer = rules.filter((other) => other !== one)
    if (isCovered(boxes, boxesOf(fewer), full)) rules = fewer
  }
  return rules.map(([rule]) => rule)
}

const isCovered = (boxes: readonly Box[], takers: readonly Box[], full: FullBox): boolean =>
  subtractAll(boxes, takers, full, mostBoxes)?.length === 0
