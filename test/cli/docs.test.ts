import {spawnSync} from 'node:child_process'
import {expect, it} from 'vitest'
import {root} from '../setup/run-bin.js'

it('keeps docs/commands.md and the trace of the README as the program says', () => {
  const {status, stderr} = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], {cwd: root, encoding: 'utf8'})
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
})
