import {spawnSync} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {root} from './setup/run-bin.js'

/** The example of the README, in a folder of the package: there the package's own name leads to what it exports. */
const example = readFileSync(join(root, 'README.md'), 'utf8').match(/^```ts\n([\s\S]*?)^```$/m)?.[1] ?? ''
const pods = join(root, 'samples/bookinfo/pods/default')
let folder: string

beforeAll(() => {
  mkdirSync(join(root, '.cache'), {recursive: true})
  folder = mkdtempSync(join(root, '.cache/library-'))
  const productpage = readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? ''
  copyFileSync(join(pods, productpage, 'config_dump.json'), join(folder, 'config_dump.json'))
  writeFileSync(join(folder, 'example.ts'), example)
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({compilerOptions, files: ['example.ts']}))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const node = (...args: string[]) => spawnSync(process.execPath, args, {cwd: folder, encoding: 'utf8'})

it('lets a program compile against the types and run the example of the README', () => {
  const compiled = node(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder)
  expect({status: compiled.status, said: compiled.stdout}).toEqual({status: 0, said: ''})
  const ran = node('example.js')
  expect({status: ran.status, stderr: ran.stderr}).toEqual({status: 0, stderr: ''})
  expect(ran.stdout).toMatch(/^1 outbound\|9080\|v2\|reviews\.default\.svc\.cluster\.local forwarded\n$/)
})
