import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {firstFor, fitColumns, gap} from '../../../src/views/tui/table/columns.js'

const widths = fc.array(fc.integer({min: 1, max: 120}), {minLength: 1, maxLength: 12})

describe('the columns on a screen', () => {
  it('never take more than the line, and always have the first one', () => {
    fc.assert(
      fc.property(widths, fc.nat(12), fc.integer({min: 10, max: 200}), (own, first, width) => {
        const shown = fitColumns(own, Math.min(first, own.length - 1), width)
        const taken = shown.reduce((sum, each) => sum + each.width, 0) + gap * (shown.length - 1)
        expect(taken).toBeLessThanOrEqual(width)
        expect(shown[0]?.column).toBe(0)
      }),
    )
  })

  it('can all be brought on the screen', () => {
    fc.assert(
      fc.property(widths, fc.nat(11), fc.nat(11), fc.integer({min: 40, max: 200}), (own, column, first, width) => {
        const wanted = Math.min(column, own.length - 1)
        const from = firstFor(wanted, own, Math.min(first, own.length - 1), width)
        expect(fitColumns(own, from, width).map((each) => each.column)).toContain(wanted)
      }),
    )
  })

  it('have their whole width where there is room', () => {
    expect(fitColumns([10, 20, 5], 0, 60)).toEqual([
      {column: 0, width: 10},
      {column: 1, width: 20},
      {column: 2, width: 5},
    ])
  })
})
