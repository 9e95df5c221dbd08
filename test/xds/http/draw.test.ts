import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Draw, likelihood, missed, satisfies} from '../../../src/xds/match/draw.js'

const draw = fc
  .tuple(fc.constantFrom(2, 3, 7, 100, 150, 1000), fc.nat(1000), fc.nat(1000))
  .map(
    ([of, a, b]): Draw => ({from: Math.min(a % (of + 1), b % (of + 1)), to: Math.max(a % (of + 1), b % (of + 1)), of}),
  )

/** Counted out over every value up to a common multiple of all divisors. */
function counted(draws: Draw[]): number {
  const all = 21_000
  let count = 0
  for (let value = 0; value < all; value++) if (draws.every((one) => satisfies(BigInt(value), one))) count++
  return count / all
}

describe('the likelihood of draws on one random value', () => {
  it('is what counting gives, whatever the divisors have in common', () => {
    fc.assert(
      fc.property(fc.array(draw, {maxLength: 3}), (draws) => {
        expect(likelihood(draws)).toBeCloseTo(counted(draws), 9)
      }),
      {numRuns: 40},
    )
  })

  it('sums to 1 over a draw and its opposite', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 1_000_000}), fc.nat(), (of, some) => {
        const below: Draw = {from: 0, to: some % (of + 1), of}
        expect(likelihood([below]) + likelihood([missed(below)])).toBeCloseTo(1, 12)
      }),
    )
  })

  it('is nothing for a second route with the same fraction as one that was missed', () => {
    const half: Draw = {from: 0, to: 50, of: 100}
    expect(likelihood([missed(half), half])).toBe(0)
  })

  it('counts divisors of which one is a multiple of the other exactly', () => {
    expect(
      likelihood([
        {from: 0, to: 50, of: 100},
        {from: 0, to: 5, of: 10},
      ]),
    ).toBeCloseTo(0.25, 12)
    expect(
      likelihood([
        {from: 0, to: 5, of: 100},
        {from: 0, to: 5, of: 10},
      ]),
    ).toBeCloseTo(0.05, 12)
  })
})
