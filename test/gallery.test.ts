import {spawnSync} from 'node:child_process'
import {expect, it} from 'vitest'
import {root} from './setup/run-bin.js'

/** A run of every command that the README, the guide and the gallery show. */
const patience = 180_000

it(
  'shows in the README, the guide and the gallery what the commands print',
  () => {
    const {status, stderr} = spawnSync(process.execPath, ['scripts/gallery.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect({status, stderr}).toEqual({status: 0, stderr: ''})
  },
  patience,
)
