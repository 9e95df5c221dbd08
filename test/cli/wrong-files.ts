import {mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'vitest'
import {type Ran, root} from '../setup/run-bin.js'

const pods = join(root, 'samples/bookinfo/pods/default')
const productpage = join(pods, readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? '')
const dump = readFileSync(join(productpage, 'config_dump.json'), 'utf8')

const files = {
  'text.json': 'no healthy upstream\n',
  'truncated.json': dump.slice(0, 200_000),
  'page.html': '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n',
  'empty.json': '',
  'number.json': '42\n',
  'fstab.txt': 'UUID=0a1b / ext4 defaults 0 1\n# swap\nUUID=2c3d none swap sw 0 0\n',
  'clusters.json': readFileSync(join(productpage, 'clusters.json'), 'utf8'),
  'config_dump.json': dump,
  'rules.txt': readFileSync(join(productpage, 'iptables-save.txt'), 'utf8'),
} as const

/** A new folder of files that are not what a command wants; remove it afterwards. */
export function wrongFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sidetrace-wrong-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'folder'))
  mkdirSync(join(folder, 'broken'))
  writeFileSync(join(folder, 'broken/snapshot.json'), '{"apiVersion": "sidetrace/v1", "kind": "Trace"}\n')
  return folder
}

/** Nothing on stdout, one line on stderr, no stack. */
export function expectRefused({exit, stdout, stderr}: Ran, code: number, said: RegExp): void {
  expect({exit, stdout, stderr}).toEqual({exit: code, stdout: '', stderr: expect.stringMatching(said)})
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
}
