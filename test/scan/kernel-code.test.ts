import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {root} from '../setup/run-bin.js'

it('is what the sources in kernel/ compile to', {timeout: 120_000}, () => {
  const compiled = execFileSync(process.execPath, [join(root, 'scripts/kernel.mjs'), '--print'], {encoding: 'utf8'})
  expect(readFileSync(join(root, 'src/scan/kernel-code.ts'), 'utf8')).toBe(compiled)
})
