/**
 * A condition on the one random value that Envoy draws for a request: its remainder by `of` lies in [from, to).
 * Runtime fractions and weighted clusters of a request all look at the same value.
 */
export interface Draw {
  from: number
  to: number
  of: number
}

/** Whether a known random value satisfies a draw. */
export function satisfies(value: bigint, {from, to, of}: Draw): boolean {
  const rest = Number(value % BigInt(of))
  return from <= rest && rest < to
}

/** The opposite of a draw that begins at 0. */
export const missed = ({to, of}: Draw): Draw => ({from: to, to: of, of})

/** How likely one random value satisfies all draws, exactly. */
export function likelihood(draws: readonly Draw[]): number {
  const ranges = [...intersected(draws).values()].filter(({from, to, of}) => to - from < of)
  if (ranges.some(({from, to}) => to <= from)) return 0
  const [first, second, ...rest] = ranges
  if (!first) return 1
  if (!second) return (first.to - first.from) / first.of
  return rest.length === 0 ? likelihoodOfTwo(first, second) : counted(ranges)
}

/** One range for each divisor. */
function intersected(draws: readonly Draw[]): Map<number, Draw> {
  const byDivisor = new Map<number, Draw>()
  for (const draw of draws) {
    const known = byDivisor.get(draw.of)
    byDivisor.set(
      draw.of,
      known ? {from: Math.max(known.from, draw.from), to: Math.min(known.to, draw.to), of: draw.of} : draw,
    )
  }
  return byDivisor
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** How many numbers of [from, to) leave `rest` when divided by `by`. */
const congruent = (from: number, to: number, rest: number, by: number): number =>
  Math.floor((to - 1 - rest) / by) - Math.floor((from - 1 - rest) / by)

/** Remainders by two divisors are independent once the remainder by their common divisor is known. */
function likelihoodOfTwo(a: Draw, b: Draw): number {
  const common = gcd(a.of, b.of)
  let sum = 0
  for (let rest = 0; rest < common; rest++)
    sum += congruent(a.from, a.to, rest, common) * congruent(b.from, b.to, rest, common)
  return (sum * common) / (a.of * b.of)
}

const countAtMost = 10_000_000

/** Three divisors and more: counted out over their common multiple, as far as that can be counted. */
function counted(ranges: readonly Draw[]): number {
  const multiple = ranges.reduce((lcm, {of}) => (lcm / gcd(lcm, of)) * of, 1)
  if (multiple > countAtMost) return ranges.reduce((product, {from, to, of}) => (product * (to - from)) / of, 1)
  let count = 0
  for (let value = 0; value < multiple; value++)
    if (ranges.every(({from, to, of}) => value % of >= from && value % of < to)) count++
  return count / multiple
}
