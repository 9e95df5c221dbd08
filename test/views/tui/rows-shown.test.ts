import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Listing, listingOf, nowhere} from '../../../src/views/tui/resources/resource.js'
import {naturalKey} from '../../../src/views/tui/table/natural-key.js'
import {
  allRows,
  isUnderWay,
  type RowsShown,
  rowAt,
  shownCount,
  sortedBy,
  step,
  withFilter,
} from '../../../src/views/tui/table/rows-shown.js'

const listingFor = (rows: readonly string[]): Listing =>
  listingOf<string>({
    columns: [
      {title: 'NAME', cell: (row) => row},
      {title: 'LENGTH', cell: (row) => String(row.length)},
    ],
    rows,
    name: (row) => row,
    source: () => null,
    follow: () => nowhere(''),
    command: () => [],
    target: () => null,
  })

const finished = (shown: RowsShown, listing: Listing, rows: number): RowsShown => {
  let next = shown
  while (isUnderWay(next, listing)) next = step(next, listing, rows)
  return next
}

const names = (shown: RowsShown, listing: Listing): string[] =>
  Array.from({length: shownCount(shown, listing)}, (_, index) => listing.name(rowAt(shown, index)))

const texts = fc.array(fc.string({unit: fc.constantFrom('a', 'b', '1', '2'), maxLength: 5}), {maxLength: 700})
const part = fc.string({unit: fc.constantFrom('a', 'b', '1'), maxLength: 3})
const slices = fc.integer({min: 1, max: 90})

describe('the rows that a table shows', () => {
  it('are those that contain the text, whatever was typed before and however small the slices', () => {
    fc.assert(
      fc.property(texts, fc.array(part, {maxLength: 4}), slices, (rows, typed, size) => {
        const listing = listingFor(rows)
        let shown = allRows
        for (const [index, text] of typed.entries()) {
          shown = withFilter(shown, text, listing)
          // Somebody who types on does not wait for the search.
          if (index % 2 === 0) shown = finished(shown, listing, size)
        }
        const last = typed.at(-1) ?? ''
        const wanted = rows.filter((row) => `${row}\n${row.length}`.includes(last))
        expect(names(finished(shown, listing, size), listing)).toEqual(wanted)
      }),
      {numRuns: 80},
    )
  })

  it('stand in the order of the column, equal ones as they came, and turned round the other way', () => {
    fc.assert(
      fc.property(texts, part, slices, fc.boolean(), (rows, text, size, filterFirst) => {
        const listing = listingFor(rows)
        const filtered = filterFirst ? finished(withFilter(allRows, text, listing), listing, size) : allRows
        const up = finished(sortedBy(filtered, 1, listing), listing, size)
        const shown = finished(filterFirst ? up : withFilter(up, text, listing), listing, size)
        const fitting = rows.filter((row) => `${row}\n${row.length}`.includes(text))
        expect(names(shown, listing)).toEqual(fitting.toSorted((a, b) => a.length - b.length))
        const down = finished(sortedBy(shown, 1, listing), listing, size)
        expect(names(down, listing)).toEqual(fitting.toSorted((a, b) => b.length - a.length))
        const plain = finished(sortedBy(down, 1, listing), listing, size)
        expect(names(plain, listing)).toEqual(fitting)
      }),
      {numRuns: 80},
    )
  })

  it('keep numbers and addresses in the order that people expect', () => {
    const sorted = ['10.0.0.10:80', '10.0.0.9:9080', '10.0.0.9:80', '9.1.1.1:80'].toSorted((a, b) =>
      naturalKey(a) < naturalKey(b) ? -1 : 1,
    )
    expect(sorted).toEqual(['9.1.1.1:80', '10.0.0.9:80', '10.0.0.9:9080', '10.0.0.10:80'])
  })
})
