import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {root} from './setup/run-bin.js'

interface Packed {
  files: {path: string; size: number}[]
  /** Bytes of the compressed archive. */
  size: number
}

let packed: Packed
let paths: string[]

beforeAll(() => {
  const {status, stdout, stderr} = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  expect({status, stderr: status === 0 ? '' : stderr}).toEqual({status: 0, stderr: ''})
  const [only] = JSON.parse(stdout) as Packed[]
  if (!only) throw new Error(`npm pack described no package: ${stdout}`)
  packed = only
  paths = packed.files.map(({path}) => path)
})

describe('the package', () => {
  it('holds what runs, and nothing else', () => {
    const allowed =
      /^(?:package\.json|README\.md|LICENSE|oclif\.manifest\.json|bin\/(?:run|kubectl-complete)\.js|dist\/[\w./-]+\.(?:js|LEGAL\.txt|d\.ts)|samples\/.+|schemas\/.+\.json)$/
    expect(paths.filter((path) => !allowed.test(path))).toEqual([])
    for (const needed of [
      'bin/kubectl-complete.js',
      'bin/run.js',
      'dist/main.js',
      'dist/index.js',
      'oclif.manifest.json',
      'LICENSE',
      'README.md',
      'samples/bookinfo/snapshot.json',
    ]) {
      expect(paths).toContain(needed)
    }
  })

  it('holds every file that package.json names', () => {
    const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const named = [...Object.values<string>(pjson.bin), ...Object.values<string>(pjson.exports['.'])]
    expect(named.map((path) => path.replace(/^\.\//, '')).filter((path) => !paths.includes(path))).toEqual([])
  })

  it('stays below 2 MB, and carries no private key', () => {
    expect(packed.size).toBeLessThan(2e6)
    const sample = paths.filter((path) => path.startsWith('samples/'))
    const withKey = sample.filter((path) =>
      /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(readFileSync(join(root, path), 'utf8')),
    )
    expect(withKey).toEqual([])
  })

  it('has a manifest entry for every command file', () => {
    const manifest: {commands: Record<string, {relativePath: string[]}>} = JSON.parse(
      readFileSync(join(root, 'oclif.manifest.json'), 'utf8'),
    )
    const commands = Object.values(manifest.commands)
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.filter(({relativePath}) => !existsSync(join(root, ...relativePath)))).toEqual([])
  })
})
