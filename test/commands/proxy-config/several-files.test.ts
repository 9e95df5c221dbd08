import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {root, sidetrace} from '../../setup/run-bin.js'

const pods = join(root, 'samples/bookinfo/pods/default')
const podFolder = (name: string) => join(pods, readdirSync(pods).find((pod) => pod.startsWith(name)) ?? '')

let folder: string
let [first, second, clusters] = ['', '', '']
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-several-'))
  first = join(folder, 'a.json')
  second = join(folder, 'b.json.gz')
  cpSync(join(podFolder('productpage'), 'config_dump.json'), first)
  writeFileSync(second, gzipSync(readFileSync(join(podFolder('reviews-v1'), 'config_dump.json'))))
  clusters = join(podFolder('productpage'), 'clusters.json')
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const pc = (...args: string[]) => sidetrace(['pc', ...args])
const words = (text: string): string[] => text.split('\n').map((line) => line.trim().split(/\s+/).join(' '))
const rowsOf = (...args: string[]) => words(pc(...args).stdout).filter((line) => line !== '')

describe('several files', () => {
  it.each([
    ['listener', []],
    ['cluster', []],
    ['route', ['-o', 'wide']],
    ['endpoint', []],
    ['eds', ['-o', 'wide']],
    ['secret', []],
    ['ecds', []],
  ])('%s %j shows the rows of each behind its name', (command, flags) => {
    const [titles, ...rows] = rowsOf(command, ...flags, '-f', first, '-f', second)
    const [ownTitles, ...ofFirst] = rowsOf(command, ...flags, '-f', first)
    const [, ...ofSecond] = rowsOf(command, ...flags, '-f', second)
    expect(titles).toBe(`FILE ${ownTitles}`)
    expect(rows).toEqual([...ofFirst.map((row) => `${first} ${row}`), ...ofSecond.map((row) => `${second} ${row}`)])
  })

  it.each(['listener', 'endpoint', 'secret', 'ecds'])(
    '%s as JSON is what each file alone is, with its name',
    (command) => {
      const alone = (file: string): unknown => JSON.parse(pc(command, '-o', 'json', '-f', file).stdout)
      const both: unknown = JSON.parse(pc(command, '-o', 'json', '-f', first, '-f', second).stdout)
      expect(both).toEqual([
        {file: first, document: alone(first)},
        {file: second, document: alone(second)},
      ])
    },
  )

  it('are told apart by a title where each makes a text of its own', () => {
    for (const args of [['all'], ['bootstrap', '-o', 'short']]) {
      const text = (file: string) => `==> ${file} <==\n${pc(...args, '-f', file).stdout}`
      expect(pc(...args, '-f', first, '-f', second).stdout).toBe(`${text(first)}\n${text(second)}`)
    }
  })

  it('make one document of dumps and bootstraps', () => {
    for (const command of ['all', 'bootstrap']) {
      const alone = (file: string): unknown => JSON.parse(pc(command, '-o', 'json', '-f', file).stdout)
      const both: unknown = JSON.parse(pc(command, '-o', 'json', '-f', first, '-f', second).stdout)
      expect(both).toEqual([
        {file: first, document: alone(first)},
        {file: second, document: alone(second)},
      ])
    }
  })

  it('are selected from together by a JSONPath, and printed as YAML', () => {
    const names = pc('route', '--name', '9080', '--jsonpath', '$[*].document[*].name', '-f', first, '-f', second)
    expect(JSON.parse(names.stdout)).toEqual(['9080', '9080'])
    const {stdout} = pc('route', '-o', 'yaml', '--name', '9080', '-f', first, '-f', second)
    expect(stdout.match(/^ {2}file: .*$/gm)).toEqual([`  file: ${first}`, `  file: ${second}`])
  })

  it('have the columns of both kinds of endpoint documents', () => {
    const [titles = '', ...rows] = rowsOf('endpoint', '-f', clusters, '-f', second)
    expect(titles).toBe('FILE ENDPOINT STATUS OUTLIER CHECK CLUSTER NAME LOCALITY')
    expect(new Set(rows.map((row) => row.split(' ')[0]))).toEqual(new Set([clusters, second]))
  })

  it('say why nothing was found in any of them', () => {
    const {stdout, stderr} = pc('listener', '--port', '9079', '-f', first, '-f', second)
    expect(words(stdout)).toEqual(['FILE ADDRESSES PORT MATCH DESTINATION', ''])
    expect(stderr).toContain(`${first}: no listener for --port 9079; nearest: 9080`)
    expect(stderr).toContain(`${second}: no listener for --port 9079`)
    expect(pc('listener', '--port', '9079', '--address', '0.0.0.0', '-f', first).stderr).not.toContain(first)
  })

  it('are refused whole when one of them is, by its name', () => {
    for (const output of ['short', 'json'])
      expect(pc('listener', '-o', output, '-f', first, '-f', clusters)).toMatchObject({
        exit: 65,
        stdout: '',
        stderr: expect.stringContaining(`${clusters}: is the answer of /clusters?format=json`),
      })
    expect(pc('listener', '-f', first, '-f', join(folder, 'none.json'))).toMatchObject({
      exit: 66,
      stdout: '',
      stderr: expect.stringContaining('none.json'),
    })
  })

  it('cannot be standard input twice', () => {
    expect(pc('listener', '-f', '-', '-f', '-')).toMatchObject({exit: 2, stderr: expect.stringContaining('only once')})
  })
})

describe('a folder', () => {
  it('stands for the dumps in it, by name', () => {
    const inFolder = pc('route', '--name', '9080', '-f', folder)
    expect(inFolder.exit).toBe(0)
    expect(inFolder.stdout).toBe(pc('route', '--name', '9080', '-f', first, '-f', second).stdout)
  })

  it('of one dump is named as well', () => {
    const single = join(folder, 'single')
    mkdirSync(single)
    cpSync(first, join(single, 'x.json'))
    expect(rowsOf('listener', '-f', single)[1]).toMatch(new RegExp(`^${join(single, 'x.json')} `))
  })

  it('without dumps, and a snapshot, are refused', () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    expect(pc('listener', '-f', empty)).toMatchObject({exit: 65, stderr: expect.stringContaining('without .json')})
    expect(pc('listener', '-f', join(root, 'samples/bookinfo'))).toMatchObject({
      exit: 65,
      stderr: expect.stringMatching(/is a snapshot[\s\S]*--from/),
    })
  })
})
