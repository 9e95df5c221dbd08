import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {cells, line, lineCells, lineText, span} from '../../src/views/styled.js'
import {fitLine, padLine, shorten, wrapLine} from '../../src/views/wrap.js'

const text = fc.string({unit: fc.constantFrom('a', 'b', ' ', '宽', 'é', '😀', '-'), maxLength: 60})

describe('lines of text', () => {
  it('never exceed the width they are wrapped to, and lose nothing but blanks', () => {
    fc.assert(
      fc.property(text, fc.integer({min: 8, max: 40}), (words, width) => {
        const wrapped = wrapLine(line(words), width)
        for (const part of wrapped) expect(lineCells(part)).toBeLessThanOrEqual(width)
        expect(wrapped.map(lineText).join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''))
      }),
    )
  })

  it('are padded and cut to exactly as many cells as asked for, wide characters included', () => {
    fc.assert(
      fc.property(text, fc.integer({min: 1, max: 40}), (words, width) => {
        expect(lineCells(padLine(line(words), width))).toBeLessThanOrEqual(width)
        expect(lineCells(fitLine(line(words), width))).toBeLessThanOrEqual(width)
      }),
    )
    expect(shorten('x'.repeat(100_000), 10)).toBe('xxx...xxxx')
    expect(lineText(padLine(line('宽宽宽'), 5))).toBe('宽宽')
  })

  it('lose their middle, never their end, where a name is too long', () => {
    expect(shorten('outbound|9080|v2|reviews.default.svc.cluster.local', 25)).toBe('outbound|90...uster.local')
    fc.assert(
      fc.property(text, fc.integer({min: 1, max: 30}), (words, width) => {
        expect(cells(shorten(words, width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('carry no escape sequence, whatever a dump contains', () => {
    expect(lineText(line(span('\u001b[31mred\u001b[0m\u0007'), '\u009b2Jx'))).toBe('red2Jx')
  })
})
