import {readFileSync} from 'node:fs'
import {join, posix} from 'node:path'
import {describe, expect, it} from 'vitest'
import {importsOf, sourcesOf, withoutComments} from './house/sources.js'
import {root} from './setup/run-bin.js'

/** What a folder may import: at run time, and as types only. */
interface Allowed {
  values: (folder: string) => boolean
  types: (folder: string) => boolean
}

/** A cell of the table: `nothing`, `all`, `all but X`, or a list in which `X (types)` allows types alone. */
function allowedBy(cell: string): Allowed {
  const everything = () => true
  if (cell === 'all') return {values: everything, types: everything}
  const but = cell.match(/^all but (\w+)$/)?.[1]
  if (but !== undefined) return {values: (folder) => folder !== but, types: (folder) => folder !== but}
  const items = cell === 'nothing' ? [] : cell.split(',').map((item) => item.trim())
  const values = items.filter((item) => !item.endsWith('(types)'))
  const types = items.map((item) => item.replace(/\s*\(types\)$/, ''))
  return {
    values: (folder) => values.includes(folder),
    types: (folder) => types.includes(folder) || types.includes('all'),
  }
}

const architecture = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8')
const table = new Map(
  [...architecture.matchAll(/^\| `(\w+)\/`\s*\|[^|]*\|\s*([^|]*?)\s*\|$/gm)].map(([, folder = '', cell = '']) => [
    folder,
    allowedBy(cell),
  ]),
)
const pure = architecture.match(/^`([\w, ]+)` are pure/m)?.[1]?.split(', ') ?? []

const sources = sourcesOf('src', ['.ts', '.tsx'])
const folderOf = (path: string): string => path.match(/^src\/(\w+)\//)?.[1] ?? ''
const inFolder = (folder: string) => sources.filter(({path}) => folderOf(path) === folder)

/** The folder of `src` that a relative import leads to: '' for `errors.ts` and other files beside the folders. */
const target = (path: string, specifier: string): string => folderOf(posix.join(posix.dirname(path), specifier))

describe('the import table of docs/ARCHITECTURE.md', () => {
  it('names every folder of src', () => {
    const folders = [...new Set(sources.map(({path}) => folderOf(path)))].filter((folder) => folder !== '')
    expect(folders.filter((folder) => !table.has(folder))).toEqual([])
    expect(pure.length).toBeGreaterThan(0)
  })

  for (const [folder, allowed] of table) {
    it(`lets ${folder}/ import what it says, and nothing else`, () => {
      const wrong = inFolder(folder).flatMap(({path, text}) =>
        importsOf(text)
          .filter(({specifier}) => specifier.startsWith('.'))
          .filter(({specifier, typeOnly}) => {
            const to = target(path, specifier)
            return to !== '' && to !== folder && !(typeOnly ? allowed.types(to) : allowed.values(to))
          })
          .map(({specifier, typeOnly}) => `${path} imports ${typeOnly ? 'type ' : ''}${specifier}`),
      )
      expect(wrong).toEqual([])
    })
  }

  it('lets nobody but main.ts import a command, and only cli/oclif.ts import oclif', () => {
    const wrong = sources.flatMap(({path, text}) =>
      importsOf(text)
        .filter(
          ({specifier}) =>
            (specifier.startsWith('.') && target(path, specifier) === 'commands' && folderOf(path) !== 'commands') ||
            (specifier.startsWith('@oclif/core') && path !== 'src/cli/oclif.ts'),
        )
        .map(({specifier}) => `${path} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('the pure folders', () => {
  const purePackages = ['re2js', 'ipaddr.js']
  const impure =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bcrypto\b|\bconsole\.|\bsetTimeout\b|\bsetInterval\b|\bfetch\(/

  for (const folder of pure) {
    it(`${folder}/ uses no Node module, clock, randomness, process or console`, () => {
      const wrong = inFolder(folder).flatMap(({path, text}) => [
        ...importsOf(text)
          .filter(({specifier}) => !specifier.startsWith('.') && !purePackages.includes(specifier))
          .map(({specifier}) => `${path} imports ${specifier}`),
        ...(withoutComments(text).match(impure) ?? []).map((word) => `${path} uses ${word}`),
      ])
      expect(wrong).toEqual([])
    })
  }
})
