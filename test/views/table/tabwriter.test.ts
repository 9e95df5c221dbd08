import fc from 'fast-check'
import {expect, it} from 'vitest'
import {renderTable} from '../../../src/views/table/column.js'
import {tabulate} from '../../../src/views/table/tabwriter.js'

it('pads every column but the last to its widest cell', () => {
  expect(
    tabulate(
      [
        ['A', 'aaa'],
        ['LONG', 'b'],
        ['Z', ''],
      ],
      1,
    ),
  ).toBe('A   LONG Z\naaa b    \n')
})

it('counts code points, as Go counts runes', () => {
  expect(
    tabulate(
      [
        ['é😀', 'abcd'],
        ['x', 'y'],
      ],
      2,
    ),
  ).toBe('é😀    x\nabcd  y\n')
})

it('writes nothing for a table without lines', () => {
  expect(tabulate([[], []], 5)).toBe('')
})

it('shows cells without terminal escapes and on one line', () => {
  const columns = [{title: 'NAME', cell: (name: string) => name}]
  const rows = ['\u001b[31mred\u001b[0m', 'two\nlines', '\u202eright-to-left']
  expect(renderTable({columns, rows}, {padding: 1, headers: true})).toEqual({
    text: 'NAME\nred\ntwo lines\nright-to-left\n',
    stripped: true,
  })
})

it('keeps the title line out when asked', () => {
  const columns = [{title: 'NAME', cell: (name: string) => name}]
  expect(renderTable({columns, rows: ['a']}, {padding: 1, headers: false})).toEqual({text: 'a\n', stripped: false})
})

it('starts the cells of a column at the same place in every line', () => {
  const cell = fc.string({unit: fc.constantFrom('a', 'b', '-', '|')})
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), {minLength: 1}), fc.integer({min: 1, max: 5}), (lines, padding) => {
      const text = tabulate([lines.map(([first]) => first), lines.map(([, second]) => second)], padding)
      const width = Math.max(...lines.map(([first]) => first.length)) + padding
      expect(text.split('\n').slice(0, -1)).toEqual(lines.map(([first, second]) => first.padEnd(width) + second))
    }),
  )
})
