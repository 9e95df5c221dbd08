import {spawnSync} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import * as library from '../../src/index.js'
import {root} from '../setup/run-bin.js'

/** A whole program of a page, and what the page says that it prints. */
interface Example {
  name: string
  program: string
  prints: string
}

const examplesOf = (page: string): Example[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)].map(
    ([, program = '', prints = ''], index) => ({name: `${page.replace(/\W+/g, '-')}-${index + 1}`, program, prints}),
  )

const examples = ['README.md', 'docs/api.md'].flatMap(examplesOf)

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
}

const pods = join(root, 'samples/bookinfo/pods/default')
let folder: string

/** The programs, in a folder of the package: there the package's own name leads to what it exports. */
beforeAll(() => {
  mkdirSync(join(root, '.cache'), {recursive: true})
  folder = mkdtempSync(join(root, '.cache/api-'))
  const productpage = readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? ''
  for (const file of ['config_dump.json', 'iptables-save.txt'])
    copyFileSync(join(pods, productpage, file), join(folder, file))
  for (const {name, program} of examples) writeFileSync(join(folder, `${name}.ts`), program)
  const files = examples.map(({name}) => `${name}.ts`)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({compilerOptions, files}))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const node = (...args: string[]) => spawnSync(process.execPath, args, {cwd: folder, encoding: 'utf8'})

describe('the library', () => {
  it('has types that the examples compile against', () => {
    const {status, stdout} = node(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder)
    expect({status, stdout}).toEqual({status: 0, stdout: ''})
  }, 60_000)

  for (const {name, prints} of examples)
    it(`prints what the page says in ${name}`, () => {
      const {status, stdout, stderr} = node(`${name}.js`)
      expect({status, stdout, stderr}).toEqual({status: 0, stdout: prints, stderr: ''})
    })

  it('has no function that docs/api.md does not name', () => {
    const page = readFileSync(join(root, 'docs/api.md'), 'utf8')
    expect(Object.keys(library).filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([])
  })

  it('shows every example with what it prints', () => {
    const page = readFileSync(join(root, 'docs/api.md'), 'utf8')
    expect(page.match(/^```ts$/gm)).toHaveLength(examplesOf('docs/api.md').length)
  })
})
