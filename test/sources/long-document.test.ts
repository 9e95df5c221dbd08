import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {parseLongDump} from '../../src/sources/long-document.js'
import {root} from '../setup/run-bin.js'

const pods = join(root, 'samples/bookinfo/pods/default')
const dump = readFileSync(
  join(pods, readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? '', 'config_dump.json'),
)

it('gives the same dump as JSON.parse', () => {
  expect(parseLongDump(dump, 'dump')).toEqual(JSON.parse(dump.toString()))
})

it('refuses one that is cut off, by its name', () => {
  expect(() => parseLongDump(dump.subarray(0, dump.length - 9), 'dump')).toThrow(/dump: is broken JSON: ends/)
})
