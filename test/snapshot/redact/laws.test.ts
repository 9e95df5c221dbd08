import fc from 'fast-check'
import {expect, test} from 'vitest'
import {redactDocument, redactText} from '../../../src/snapshot/redact.js'

/** Documents with names that matter among others. */
const names = fc.constantFrom(
  'name',
  'key',
  'value',
  'private_key',
  'inline_string',
  'inline_bytes',
  'metadata',
  'token',
  'a',
  'secret',
  'input',
)
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom('authorization', 'Bearer abcdef123456', '{"password":"x y"}', 'a=b', 'token: x'),
  fc.base64String(),
)
const documents = fc.letrec((tie) => ({
  value: fc.oneof({maxDepth: 5}, texts, fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), {maxLength: 4}),
  object: fc.dictionary(names, tie('value'), {maxKeys: 4}),
})).value

/** Members and lengths of lists, without texts. */
const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? 'string' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]: [string, unknown]) => [name, shape(inner)]))
}

test('redaction keeps the shape of a document, and done twice changes nothing more', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const once = redactDocument(document, 'config_dump.json')
      expect(shape(once.value)).toEqual(shape(document))
      if (once.report.length === 0) expect(once.value).toBe(document)
      expect(redactDocument(once.value, 'config_dump.json').report).toEqual([])
    }),
  )
})

test('redaction keeps the lines of a text, and done twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.array(texts), (lines) => {
      const text = lines.join('\n')
      const once = redactText(text, 'proxy.log')
      expect(once.value.split('\n').length).toBe(text.split('\n').length)
      expect(redactText(once.value, 'proxy.log')).toEqual({value: once.value, report: []})
    }),
  )
})
