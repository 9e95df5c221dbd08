#!/usr/bin/env node
// Times whole commands, side by side in one run: each round runs every command once, so that a busy machine slows all alike.
// Then what batches and big rule tables cost by CPU time.
// usage: node bench/run.mjs [--rounds N] [--sizes 5,50,200] [--batches N] [--folder DIR] [--start-only | --tui-only]
// Dumps are made in DIR (a temporary folder by default) and stay there if it is named. Exit 1 when the start, or a table of the largest dump,
// takes more than it may.
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {batchCost} from './batch-cost.mjs'
import {dumpCost} from './dump-cost.mjs'
import {rulesCost} from './rules-cost.mjs'
import {startCost} from './start-cost.mjs'
import {tuiCost} from './tui-cost.mjs'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '9'},
    sizes: {type: 'string', default: '5,50,200'},
    batches: {type: 'string', default: '3'},
    folder: {type: 'string'},
    'start-only': {type: 'boolean', default: false},
    'tui-only': {type: 'boolean', default: false},
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = Number(flags.rounds)
const sizes = flags['start-only'] || flags['tui-only'] ? [] : flags.sizes.split(',').map(Number)

console.log(`node ${process.version}\n`)
const start = flags['tui-only'] || startCost(root, rounds)
const dumps = []
let tui = true
const folder = flags.folder ?? mkdtempSync(join(tmpdir(), 'sidetrace-bench-'))
mkdirSync(folder, {recursive: true})
try {
  for (const size of sizes) dumps.push(dumpCost(root, folder, size, rounds))
  const batchRounds = flags['start-only'] || flags['tui-only'] ? 0 : Number(flags.batches)
  const ends = sizes.length > 1 ? [Math.min(...sizes), Math.max(...sizes)] : sizes
  if (batchRounds > 0) {
    batchCost(root, folder, ends, batchRounds)
    await rulesCost(batchRounds)
  }
  if (!flags['start-only']) tui = await tuiCost(root, folder)
} finally {
  if (flags.folder === undefined) rmSync(folder, {recursive: true})
}
// Small dumps cost the start more than anything else: the limits are those of the largest.
if (!start || dumps.at(-1) === false || !tui) {
  console.error('\na limit is passed')
  process.exitCode = 1
}
