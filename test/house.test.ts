import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {sourcesOf} from './house/sources.js'
import {root} from './setup/run-bin.js'

const code = ['src', 'test', 'scripts', 'bin', 'bench'].flatMap((dir) => sourcesOf(dir, ['.ts', '.tsx', '.mjs', '.js']))
const prose = sourcesOf('docs', ['.md', '.svg'])
const top = ['README.md', 'CONTRIBUTING.md', 'package.json'].map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}))
const own = [...code, ...prose, ...top].filter(({path}) => !path.startsWith('test/fixtures/'))

it('keeps every file of code within 400 lines', () => {
  const long = code.filter(({path, text}) => !path.startsWith('test/fixtures/') && text.split('\n').length > 401)
  expect(long.map(({path, text}) => `${path}: ${text.split('\n').length - 1}`)).toEqual([])
})

it('names no path of the machine it was written on, and no material outside the project', () => {
  const machine = /(?<![\w.])\/(?:work|root|home\/[a-z]+|tmp\/[a-z])[/\w]|\.\.\/shared\b/
  const wrong = own.filter(({path}) => path !== 'test/house.test.ts').filter(({text}) => machine.test(text))
  expect(wrong.map(({path, text}) => `${path}: ${text.match(machine)?.[0]}`)).toEqual([])
})

it('keeps addresses of registries out of the lockfile', () => {
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8')
  expect(lockfile).not.toMatch(/"resolved": "https?:/)
})
