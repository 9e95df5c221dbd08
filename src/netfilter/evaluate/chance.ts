import type {Weighted} from '../../decision/probability.js'

/** Draws one of several ways: the index of a weight. The weights sum to 1; `all` follows ways of weight 0 too. */
export type Draw = (weights: readonly number[], all?: boolean) => number

/** More ways than this are not followed one by one. */
const mostWays = 20_000

/**
 * Runs `run` once for every way that its draws can come out. Each run repeats the draws of the one before, but for the last that has a way
 * left: so a run is plain code, and each way is followed from the beginning.
 */
export function everyWay<T>(run: (draw: Draw) => T): (Weighted & {result: T})[] {
  const ways: (Weighted & {result: T})[] = []
  let script: number[] = []
  while (ways.length < mostWays) {
    const drawn: {weights: readonly number[]; index: number; all: boolean}[] = []
    let probability = 1
    const result = run((weights, all = false) => {
      const index = script[drawn.length] ?? nextPossible({weights, all}, 0)
      drawn.push({weights, index, all})
      probability *= weights[index] ?? 0
      return index
    })
    ways.push({probability, result})
    while (drawn.length > 0) {
      const last = drawn.at(-1)
      if (last === undefined || nextPossible(last, last.index + 1) < last.weights.length) break
      drawn.pop()
    }
    const last = drawn.at(-1)
    if (last === undefined) return ways
    script = drawn.map(({index}) => index)
    script[script.length - 1] = nextPossible(last, last.index + 1)
  }
  return ways
}

/** The first index from `from` on that chance can draw. */
function nextPossible({weights, all}: {weights: readonly number[]; all: boolean}, from: number): number {
  let index = from
  while (!all && index < weights.length && !((weights[index] ?? 0) > 0)) index++
  return index
}
