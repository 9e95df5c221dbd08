import {spawnSync} from 'node:child_process'
import {chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {root} from '../setup/run-bin.js'

type Example = string | {command: string; description?: string}
interface Described {
  id: string
  summary?: string
  hidden?: boolean
  examples?: Example[]
}

const manifest: {commands: Record<string, Described>} = JSON.parse(
  readFileSync(join(root, 'oclif.manifest.json'), 'utf8'),
)
const commands = Object.values(manifest.commands).filter(({hidden}) => !hidden)

/** The command lines of an example, as somebody would type them. */
const linesOf = (id: string, example: Example): string[] =>
  (typeof example === 'string' ? example : example.command)
    .replaceAll('<%= config.bin %>', 'sidetrace')
    .replaceAll('<%= command.id %>', id.replaceAll(':', ' '))
    .split('\n')
    .map((line) => line.trim().replace(/^\$ /, ''))
    .filter((line) => /\bsidetrace\b/.test(line))

/** What only a running system can answer. */
const needsMore = /\s--(?:admin|pid|context|kubeconfig)\b|\bkubectl\b|^sidetrace (?:ui|snapshot create)\b/

/** Commands that ask running systems and nothing else, and those that need a terminal: tests of their own run these. */
const liveOnly = ['proxy-config:log', 'snapshot:create', 'ui']

const pods = join(root, 'samples/bookinfo/pods/default')
let folder: string

/** A folder as a reader of the help may have it: one pod's dump and rules, what bpftool said of a node, and `sidetrace` in PATH. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-examples-'))
  const productpage = readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? ''
  cpSync(join(pods, productpage), folder, {recursive: true})
  for (const copy of ['one.json', 'other.json']) cpSync(join(folder, 'config_dump.json'), join(folder, copy))
  const answers = join(root, 'test/fixtures/ebpf/plain/03')
  cpSync(answers, join(folder, 'bpftool'), {recursive: true})
  cpSync(answers, join(folder, 'capture/nodes/node1/ebpf'), {recursive: true})
  const capture = {apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods: [], services: [], nodes: [{name: 'node1'}]}
  writeFileSync(join(folder, 'capture/snapshot.json'), JSON.stringify(capture))
  const bin = join(folder, 'sidetrace')
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/run.js')}" "$@"\n`)
  chmodSync(bin, 0o755)
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** Runs a line as a shell would; all but warnings must go well. */
function expectToWork(line: string): void {
  const {status, stderr} = spawnSync('/bin/sh', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      NO_COLOR: '1',
      KUBECONFIG: '',
      HOME: folder,
      PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    },
    input: '',
    maxBuffer: 1 << 28,
  })
  expect({status, stderr: stderr.replace(/^Warning: .*\n/gm, '')}).toEqual({status: 0, stderr: ''})
}

describe('the help', () => {
  it('has a summary for every command', () => {
    expect(commands.filter(({summary}) => !summary).map(({id}) => id)).toEqual([])
  })

  for (const {id, examples = []} of commands) {
    const offline = examples.flatMap((example) => linesOf(id, example)).filter((line) => !needsMore.test(line))

    it(`of ${id.replaceAll(':', ' ')} has an example that needs no cluster`, () => {
      expect(offline.length > 0).toBe(!liveOnly.includes(id))
    })

    for (const line of offline) it(`gives an example that works: ${line}`, () => expectToWork(line))
  }
})

describe('the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('sidetrace '))

  for (const line of lines) it(`gives an example that works: ${line}`, () => expectToWork(line))

  it('leads to files that are there, as do the other pages', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md', 'docs/commands.md']
    const broken = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, link = '']) => join(dirname(page), link))
        .filter((link) => !existsSync(join(root, link)))
        .map((link) => `${page}: ${link}`),
    )
    expect(broken).toEqual([])
  })
})
