import {readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {root} from '../setup/run-bin.js'

export interface Source {
  /** Relative to the project, with forward slashes. */
  path: string
  text: string
}

/** Every file below `dir` whose name ends in one of `endings`. */
export const sourcesOf = (dir: string, endings: readonly string[]): Source[] =>
  readdirSync(join(root, dir), {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({path: relative(root, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8')}))

export interface Import {
  /** What is imported: `../xds/parse/route.js`, `node:fs`, `react`. */
  specifier: string
  /** Erased by the compiler: `import type`, `export type`. */
  typeOnly: boolean
}

const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** `import` and re-export statements, `import()` and `import('x').Type` (a type where a type position shows it). */
export const importsOf = (text: string): Import[] => [
  ...[...text.matchAll(statement)].map(([, type, specifier = '']) => ({specifier, typeOnly: type !== undefined})),
  ...[...text.matchAll(dynamic)].map(([, specifier = '']) => ({specifier, typeOnly: false})),
]

/** The code without comments: what a forbidden word is looked for in. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
