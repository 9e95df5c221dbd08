import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {UsageError} from '../../src/errors.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {type SnapshotFile, writeSnapshot, writeText} from '../../src/sources/write-snapshot.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-write-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const document = '{"apiVersion":"sidetrace/v1","kind":"Snapshot","name":"one"}'
const files: SnapshotFile[] = [
  {path: 'snapshot.json', content: document},
  {path: 'pods/a/b/iptables-save.txt', content: '*nat\nCOMMIT\n'},
  {path: `pods/a/${'long-name-'.repeat(12)}/config_dump.json`, content: Buffer.from('{"configs":[]}')},
  {path: 'pods/a/b/stats.json', content: 'x'.repeat(3_000_000)},
]
const options = {force: false, secret: false}

describe.each(['snapshot', 'snapshot.tar.gz', 'snapshot.tgz'])('a snapshot written to %s', (name) => {
  test('is read back the same', async () => {
    await writeSnapshot(join(folder, name), files, options)
    const snapshot = await openSnapshot(join(folder, name))
    expect(snapshot.files()).toEqual(files.map(({path}) => path).sort())
    for (const {path, content} of files) expect(snapshot.text(path)).toBe(content.toString())
    expect(readdirSync(folder)).toEqual([name])
  })

  test('leaves no remains, and what was there, when it cannot be finished', async () => {
    await writeSnapshot(join(folder, name), files, options)
    const half = function* (): Generator<SnapshotFile> {
      yield {path: 'snapshot.json', content: '{}'}
      throw new Error('the source went away')
    }
    await expect(writeSnapshot(join(folder, name), half(), {...options, force: true})).rejects.toThrow('went away')
    expect(readdirSync(folder)).toEqual([name])
    expect((await openSnapshot(join(folder, name))).document.name).toBe('one')
  })

  test('is not written over another one unless forced', async () => {
    await writeSnapshot(join(folder, name), files, options)
    await expect(writeSnapshot(join(folder, name), files, options)).rejects.toBeInstanceOf(UsageError)
    const second = [{path: 'snapshot.json', content: document.replace('one', 'two')}]
    await writeSnapshot(join(folder, name), second, {...options, force: true})
    const snapshot = await openSnapshot(join(folder, name))
    expect([snapshot.document.name, snapshot.files()]).toEqual(['two', ['snapshot.json']])
    expect(readdirSync(folder)).toEqual([name])
  })

  test('is the owner’s alone when it holds secrets', async () => {
    await writeSnapshot(join(folder, name), files, {force: false, secret: true})
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
  })
})

test('equal snapshots make equal archives', async () => {
  for (const name of ['one', 'two']) {
    mkdirSync(join(folder, name))
    await writeSnapshot(join(folder, name, 'shop.tar.gz'), files, options)
  }
  expect(readFileSync(join(folder, 'one/shop.tar.gz'))).toEqual(readFileSync(join(folder, 'two/shop.tar.gz')))
})

test('a folder that is no snapshot is never replaced', async () => {
  const precious = join(folder, 'home')
  mkdirSync(precious)
  writeFileSync(join(precious, 'letters.txt'), 'dear')
  await expect(writeSnapshot(precious, files, {...options, force: true})).rejects.toThrow('something else')
  expect(readFileSync(join(precious, 'letters.txt'), 'utf8')).toBe('dear')
})

test('an empty folder may be filled', async () => {
  mkdirSync(join(folder, 'empty'))
  await writeSnapshot(join(folder, 'empty'), files, options)
  expect(existsSync(join(folder, 'empty/snapshot.json'))).toBe(true)
})

test('a text is whole or not there', async () => {
  await writeText(join(folder, 'a.json'), '{}\n', options)
  await expect(writeText(join(folder, 'a.json'), '[]\n', options)).rejects.toBeInstanceOf(UsageError)
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('{}\n')
  await expect(writeText(join(folder, 'none/a.json'), '{}', options)).rejects.toMatchObject({exit: 66})
})
