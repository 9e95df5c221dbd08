import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {type Header, pack} from 'tar-stream'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {DataError, isSidetraceError, type SidetraceError} from '../../src/errors.js'
import {openArchive} from '../../src/sources/archive.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-archive-'))
})
afterAll(() => rmSync(folder, {recursive: true}))

const document = JSON.stringify({
  apiVersion: 'sidetrace/v1',
  kind: 'Snapshot',
  pods: [{namespace: 'a', name: 'b'}],
  services: [],
  nodes: [],
})

type Entry = Partial<Header> & {name: string; content?: string}

const plain: Entry[] = [
  {name: 'shop/', type: 'directory'},
  {name: 'shop/snapshot.json', content: document},
  {name: 'shop/pods/a/b/iptables-save.txt', content: '*nat\nCOMMIT\n'},
]

async function tar(entries: Entry[]): Promise<Buffer> {
  const packed = pack()
  for (const {content, ...header} of entries) packed.entry(header, content ?? '')
  packed.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of packed) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

let made = 0
function file(bytes: Uint8Array | string, ending = '.tar.gz'): string {
  const path = join(folder, `${made++}${ending}`)
  writeFileSync(path, bytes)
  return path
}

const archive = async (entries: Entry[]): Promise<string> => file(gzipSync(await tar(entries)))

async function refusal(opening: Promise<unknown>): Promise<SidetraceError> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (isSidetraceError(error)) return error
  throw new Error(`not refused: ${String(error)}`)
}

describe('an archive of a snapshot opens', () => {
  test('with the folder around it, without it, and with dots in front', async () => {
    for (const top of ['shop/', '', './', './shop/']) {
      const entries = plain.map((entry) => ({...entry, name: entry.name.replace('shop/', top)}))
      const snapshot = await openSnapshot(await archive(entries.filter(({name}) => name !== '')))
      expect(snapshot.files()).toEqual(['pods/a/b/iptables-save.txt', 'snapshot.json'])
      expect(snapshot.text('pods/a/b/iptables-save.txt')).toBe('*nat\nCOMMIT\n')
      expect(snapshot.text('pods/a/b/config_dump.json')).toBeNull()
      expect(snapshot.document.pods).toEqual([{namespace: 'a', name: 'b'}])
    }
  })

  test('uncompressed too', async () => {
    expect((await openSnapshot(file(await tar(plain), '.tar'))).document.pods).toHaveLength(1)
  })
})

describe('an archive is refused as a whole when it holds', () => {
  test.each<[string, Entry]>([
    ['a path that climbs out', {name: '../evil.txt', content: 'x'}],
    ['a path that climbs out from within', {name: 'shop/pods/../../../evil.txt', content: 'x'}],
    ['an absolute path', {name: '/etc/cron.d/evil', content: 'x'}],
    ['a path of Windows', {name: 'C:\\evil.txt', content: 'x'}],
    ['a path with backslashes', {name: '..\\evil.txt', content: 'x'}],
    ['a symbolic link', {name: 'shop/pods/a/b/config_dump.json', type: 'symlink', linkname: '/etc/shadow'}],
    ['a hard link', {name: 'shop/pods/a/b/config_dump.json', type: 'link', linkname: 'shop/snapshot.json'}],
    ['a device', {name: 'shop/null', type: 'character-device', devmajor: 1, devminor: 3}],
    ['a disk', {name: 'shop/disk', type: 'block-device', devmajor: 8, devminor: 0}],
    ['a pipe', {name: 'shop/pipe', type: 'fifo'}],
    ['a file twice', {name: 'shop/./snapshot.json', content: document}],
  ])('%s', async (_, entry) => {
    const error = await refusal(openSnapshot(await archive([...plain, entry])))
    expect(error).toBeInstanceOf(DataError)
    expect(error.failure.what).toMatch(/^holds /)
  })
})

describe('an archive beyond the limits is refused', () => {
  const limits = {fileBytes: 1000, totalBytes: 3000, entries: 20}

  test('for one file', async () => {
    const path = await archive([...plain, {name: 'shop/big.txt', content: 'x'.repeat(1001)}])
    expect((await refusal(openArchive(path, limits))).failure.what).toBe(
      'is larger than a snapshot may be (shop/big.txt)',
    )
  })

  test('for all files together', async () => {
    const many = [1, 2, 3, 4].map((n) => ({name: `shop/${n}.txt`, content: 'x'.repeat(900)}))
    expect((await refusal(openArchive(await archive([...plain, ...many]), limits))).exit).toBe(65)
  })

  test('for the number of its entries', async () => {
    const many = Array.from({length: 20}, (_, n) => ({name: `shop/${n}.txt`, content: ''}))
    expect((await refusal(openArchive(await archive([...plain, ...many]), limits))).failure.what).toContain(
      '20 entries',
    )
  })

  test('before a bomb is unpacked', async () => {
    const bomb = file(gzipSync(await tar([{name: 'shop/zeros', content: '\0'.repeat(40_000_000)}]), {level: 9}))
    const before = process.memoryUsage().rss
    expect((await refusal(openArchive(bomb, limits))).exit).toBe(65)
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000)
  })
})

describe('a file that is no archive of a snapshot is called what it is:', () => {
  const what = async (bytes: Uint8Array | string) => (await refusal(openSnapshot(file(bytes)))).failure.what

  test('a config dump', async () => expect(await what('{"configs": []}')).toBe('is a config dump, not a snapshot'))
  test('a web page', async () => expect(await what('<!doctype html><html>')).toBe('is an HTML page, not a snapshot'))
  test('rules', async () => expect(await what('# x\n*nat\n')).toBe('is iptables-save output, not a snapshot'))
  test('nothing', async () => expect(await what('')).toBe('is empty, not a snapshot'))
  test('the document alone', async () =>
    expect(await what(document)).toBe('is the document of a snapshot, not a snapshot'))

  test('a truncated archive', async () => {
    const whole = readFileSync(await archive(plain))
    expect(await what(whole.subarray(0, whole.length - 20))).toBe('is truncated')
  })

  test('a truncated tar', async () => {
    expect(await what(gzipSync((await tar(plain)).subarray(0, 700)))).toBe('is truncated')
  })

  test('a damaged archive', async () => {
    const bytes = readFileSync(await archive(plain))
    bytes.fill(0x55, 30, 60)
    expect(await what(bytes)).toMatch(/damaged|truncated/)
  })

  test('gzip of something else', async () => {
    expect(await what(gzipSync('hello, world\n'.repeat(100)))).toMatch(/not a tar archive|truncated/)
  })

  test('an archive of something else', async () => {
    const error = await refusal(openSnapshot(await archive([{name: 'a.txt', content: 'x'}])))
    expect(error).toMatchObject({exit: 65, failure: {what: 'holds no snapshot.json, so it is not a snapshot'}})
  })

  test('two snapshots at once', async () => {
    const two = ['one', 'two'].map((name) => ({name: `${name}/snapshot.json`, content: document}))
    expect((await refusal(openSnapshot(await archive(two)))).exit).toBe(65)
  })
})
