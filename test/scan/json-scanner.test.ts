import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {BrokenJson} from '../../src/scan/broken-json.js'
import {dumps, parse, scan, scanOrRefuse} from './dumps.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const cuts = fc.array(fc.nat({max: 5000}), {maxLength: 8})
const listenersOf = (lists: string): string =>
  `{"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", ${lists}}]}`

describe('what the scanner hands out', () => {
  it('equals what JSON.parse gives, however the document is cut', () => {
    fc.assert(
      fc.property(dumps, cuts, (text, ends) => {
        expect(scan(bytesOf(text), true, ends)).toEqual(parse(text))
      }),
      {numRuns: 500},
    )
  })

  it('equals it one byte at a time', () => {
    fc.assert(
      fc.property(dumps, (text) => {
        const bytes = bytesOf(text)
        expect(scan(bytes, true, [...bytes.keys()])).toEqual(parse(text))
      }),
      {numRuns: 50},
    )
  })

  it('holds only the members that its shape names, through lists and in both spellings', () => {
    const text = listenersOf(
      '"dynamic_listeners": [{"name": "a", "x": [1, {"y": 2}], "activeState": {"listener": {"big": "\\u0022", "name": "b"}}}, {"x": 1}, null, 7]',
    )
    const shape = {name: true, active_state: {listener: {name: true}}} as const
    expect(scan(bytesOf(text), shape).dynamic).toEqual([{name: 'a', activeState: {listener: {name: 'b'}}}, {}, null, 7])
  })

  it('holds every section of a dump that has very many', () => {
    const section = '{"@type": "type.googleapis.com/envoy.admin.v3.SecretsConfigDump"}'
    expect(scan(bytesOf(`{"configs": [${Array(20_000).fill(section).join(',')}]}`)).whole).toHaveLength(20_000)
  })

  it('finds members whose names are written with escapes', () => {
    const text =
      '{"c\\u006fnfigs": [{"\\u0040type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "dynamic_list\\u0065ners": [1]}]}'
    expect(scan(bytesOf(text)).dynamic).toEqual([1])
  })
})

describe('damage', () => {
  it('is refused wherever a document is cut off', () => {
    fc.assert(
      fc.property(dumps, fc.nat(), cuts, (text, at, ends) => {
        const bytes = bytesOf(text)
        expect(scanOrRefuse(bytes.slice(0, at % bytes.length), ends)).toBeNull()
      }),
      {numRuns: 500},
    )
  })

  it('is refused where a structural byte is lost, added or exchanged, unless JSON.parse takes it too', () => {
    const structural = fc.constantFrom(...'{}[]:,"')
    fc.assert(
      fc.property(
        dumps,
        fc.nat(),
        structural,
        fc.constantFrom('lose', 'add', 'exchange'),
        cuts,
        (text, at, byte, how, ends) => {
          const characters = [...text]
          const places = characters.flatMap((character, index) => ('{}[]:,"'.includes(character) ? [index] : []))
          const place = places[at % places.length] ?? 0
          characters.splice(place, how === 'add' ? 0 : 1, ...(how === 'lose' ? [] : [byte]))
          const damaged = characters.join('')
          const expected = parseOrSame(damaged)
          const found = scanOrRefuse(bytesOf(damaged), ends)
          if (expected === null) expect(found).toBeNull()
          else if (found !== null) expect(found).toEqual(expected)
        },
      ),
      {numRuns: 2000},
    )
  })

  it('of any byte ends in an answer or a refusal', () => {
    fc.assert(
      fc.property(
        dumps,
        fc.array(fc.tuple(fc.nat(), fc.nat({max: 255})), {minLength: 1, maxLength: 4}),
        cuts,
        (text, hits, ends) => {
          const bytes = bytesOf(text)
          for (const [at, byte] of hits) bytes[at % bytes.length] = byte
          scanOrRefuse(bytes, ends)
        },
      ),
      {numRuns: 500},
    )
  })

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['{"configs": []} x', 'something follows the end'],
    ['{"configs": [1]}', 'an item of configs is not an object'],
    ['{"configs": 1}', 'configs is not a list'],
    ['[]', 'the document is not an object'],
    ['{"configs": [], "configs": []}', 'stands twice'],
    ['{"other": [1 2]}', 'neither a comma nor the matching bracket'],
    ['{"other": {"a": [}}', 'neither a value nor the end of the list'],
    ['{"other": {"a" 1}}', 'no colon'],
    ['{"other": {"a": 1,}}', 'a member name is missing'],
    ['{"other": [1,]}', 'a value is missing'],
    ['{"other": "a\nb"}', 'a control character inside a string'],
    ['{"other": "abc', 'ends inside a string'],
    ['{"other": [[]', 'ends before its last bracket'],
    [`{"other": ${'['.repeat(20_000)}`, 'more than 10000 levels'],
    [listenersOf('"dynamic_listeners": {}'), 'dynamic_listeners is not a list'],
    [listenersOf('"dynamic_listeners": [nope]'), 'neither a number nor true'],
    [listenersOf('"dynamic_listeners": ["\\x"]'), 'an escape that is none of JSON'],
    [listenersOf('"@type": "x", "dynamic_listeners": []'), 'stands twice'],
  ])('%s is refused: %s', (text, what) => {
    expect(() => scan(bytesOf(text))).toThrow(BrokenJson)
    expect(() => scan(bytesOf(text))).toThrow(what)
  })

  it('is named with its place in the document, whatever the pieces', () => {
    const text = '{"other": [1, 2], "more": {"a" 1}}'
    for (const ends of [[], [5], [20, 29], [30, 31]])
      expect(() => scan(bytesOf(text), true, ends)).toThrow('no colon after a member name at byte 31')
  })
})

/** What JSON.parse makes of a damaged dump; where it is no dump any more, a refusal is right. */
function parseOrSame(text: string) {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
