import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {root} from '../setup/run-bin.js'

const texts = (folder: string, end: string): string[] =>
  readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith(end))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'))

/** Kinds of documents: what stands beside their apiVersion in the source. */
const printed = new Set(
  texts('src', '.ts').flatMap((text) =>
    [...text.matchAll(/apiVersion: 'sidetrace\/v1'[^;]{0,40}?kind: '(\w+)'/gs)].flatMap(([, kind]) => kind ?? []),
  ),
)

it('has a schema for every kind of document that is printed', () => {
  const written = new Set(texts('schemas', '.json').map((text): unknown => JSON.parse(text).properties?.kind?.const))
  expect(printed.size).toBeGreaterThan(8)
  expect([...printed].filter((kind) => !written.has(kind))).toEqual([])
})
