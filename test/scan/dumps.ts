import fc from 'fast-check'
import {BrokenJson} from '../../src/scan/broken-json.js'
import {documentPlan} from '../../src/scan/document-plan.js'
import {JsonScanner} from '../../src/scan/json-scanner.js'
import type {Shape} from '../../src/scan/shape.js'

const listeners = 'envoy.admin.v3.ListenersConfigDump'
const secrets = 'envoy.admin.v3.SecretsConfigDump'

/** What a scan hands out: the items of the lists that were asked for, and whole sections. */
export interface Found {
  dynamic: unknown[]
  fixed: unknown[]
  whole: unknown[]
  others: string[]
}

/** Scans `bytes` in pieces that end at `cuts`. */
export function scan(bytes: Uint8Array, shape: Shape = true, cuts: readonly number[] = []): Found {
  const found: Found = {dynamic: [], fixed: [], whole: [], others: []}
  const list = (into: unknown[]) => ({shape, take: (items: unknown[]) => void into.push(...items)})
  const plan = documentPlan(
    {
      configs: {
        [listeners]: {lists: {dynamic_listeners: list(found.dynamic), static_listeners: list(found.fixed)}},
        [secrets]: {whole: true, take: (section) => void found.whole.push(section)},
      },
    },
    {known: () => undefined, other: (name) => void found.others.push(name)},
  )
  const scanner = new JsonScanner(plan)
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  for (const end of ends) {
    // A reader reuses its buffer: what was pushed is overwritten at once.
    const piece = bytes.slice(from, end)
    scanner.push(piece)
    piece.fill(0x21)
    from = end
  }
  scanner.end()
  return found
}

/** The same by JSON.parse; null where that refuses the text. */
export function parse(text: string): Found | null {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return null
  }
  const found: Found = {dynamic: [], fixed: [], whole: [], others: []}
  for (const [name, value] of Object.entries(document as object)) {
    if (name !== 'configs') found.others.push(name)
    else for (const section of value as Record<string, unknown>[]) readSection(section, found)
  }
  return found
}

function readSection(section: Record<string, unknown>, found: Found): void {
  if (section['@type'] === `type.googleapis.com/${secrets}`) found.whole.push(section)
  if (section['@type'] !== `type.googleapis.com/${listeners}`) return
  for (const name of ['dynamic_listeners', 'dynamicListeners'])
    if (Array.isArray(section[name])) found.dynamic.push(...section[name])
  for (const name of ['static_listeners', 'staticListeners'])
    if (Array.isArray(section[name])) found.fixed.push(...section[name])
}

/** What the scan finds, or null where it refuses; anything else than a refusal is thrown on. */
export function scanOrRefuse(bytes: Uint8Array, cuts: readonly number[] = []): Found | null {
  try {
    return scan(bytes, true, cuts)
  } catch (error) {
    if (error instanceof BrokenJson) return null
    throw error
  }
}

const text = fc.string({unit: fc.constantFrom('a', 'é', '😀', '"', '\\', '{', ']', ',', ':', ' ', '\n', '\u0001')})
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    {maxDepth: 3},
    text,
    fc.double({noDefaultInfinity: true, noNaN: true}),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), {maxLength: 4}),
    fc.dictionary(text, tie('value'), {maxKeys: 4}),
  ),
})).value

const type = fc.constantFrom(listeners, secrets, 'envoy.admin.v3.ClustersConfigDump', 'other')
const lists = fc.constantFrom('dynamic_listeners', 'dynamicListeners', 'static_listeners', 'staticListeners')
const oneSpelling = ([name]: [string, unknown]) => name.replace('_l', 'L')

/** Sections with their members in any order, `@type` first or anywhere or nowhere. */
const section = fc
  .tuple(
    fc.option(type),
    fc.uniqueArray(fc.tuple(lists, fc.oneof(fc.array(value, {maxLength: 4}), fc.constant(null))), {
      selector: oneSpelling,
    }),
    fc.array(fc.tuple(text, value), {maxLength: 2}),
    fc.boolean(),
  )
  .chain(([name, known, more, first]) => {
    const typed: [string, unknown][] = name === null ? [] : [['@type', `type.googleapis.com/${name}`]]
    const rest: [string, unknown][] = [...known, ...more]
    return first
      ? fc.constant(Object.fromEntries([...typed, ...rest]))
      : fc.shuffledSubarray([...typed, ...rest], {minLength: typed.length + rest.length}).map(Object.fromEntries)
  })

/** Dumps as text, compact or indented in different ways. */
export const dumps = fc
  .tuple(
    fc.array(section, {maxLength: 4}),
    fc.array(
      fc.tuple(
        text.filter((name) => name !== 'configs'),
        value,
      ),
      {maxLength: 2},
    ),
    fc.constantFrom(undefined, 1, '\t', '  \t '),
    fc.boolean(),
  )
  .map(([configs, more, indent, last]) => {
    const members = last ? [...more, ['configs', configs] as const] : [['configs', configs] as const, ...more]
    return JSON.stringify(Object.fromEntries(members), null, indent)
  })
