#!/usr/bin/env node
// Times whole commands, side by side in one run: each round runs every command once, so that a busy machine slows all alike.
// usage: node bench/run.mjs [--rounds N]. Exit 1 when the table of listeners takes more than 3 times a bare node.
import {spawnSync} from 'node:child_process'
import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const {values: flags} = parseArgs({options: {rounds: {type: 'string', default: '21'}}})
const root = fileURLToPath(new URL('..', import.meta.url))
const pods = join(root, 'samples/bookinfo/pods/default')
const productpage = readdirSync(pods).find((pod) => pod.startsWith('productpage'))
const dump = join(pods, productpage, 'config_dump.json')
const bin = join(root, 'bin/run.js')
const limit = 3

const commands = [
  {name: 'node -e 0', args: ['-e', '0']},
  {name: 'pc listener -f', args: [bin, 'pc', 'listener', '-f', dump]},
  {name: 'pc route -f', args: [bin, 'pc', 'route', '-f', dump]},
  {
    name: 'match -f',
    args: [
      bin,
      'match',
      '-f',
      dump,
      '--direction',
      'outbound',
      '--dst',
      '10.96.0.14:9080',
      'http://reviews:9080/reviews/0',
    ],
  },
  {name: 'trace', args: [bin, 'trace', '-o', 'text']},
].map((command) => ({...command, times: []}))

/** Milliseconds from spawn to exit; a command that fails has no time. */
function time({name, args}) {
  const started = process.hrtime.bigint()
  const {status, stderr} = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: {...process.env, NO_COLOR: '1'},
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${name}: exit ${status}: ${stderr}`)
  return Number(process.hrtime.bigint() - started) / 1e6
}

for (let round = 0; round < Number(flags.rounds); round++)
  for (const command of commands) command.times.push(time(command))

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]
const base = median(commands[0].times)
console.log(`dump of ${(statSync(dump).size / 1e6).toFixed(2)} MB, ${flags.rounds} rounds, node ${process.version}\n`)
console.log(`${'command'.padEnd(16)}${'median ms'.padStart(10)}${'least ms'.padStart(10)}${'times node'.padStart(12)}`)
for (const {name, times} of commands) {
  const cells = [
    median(times).toFixed(1).padStart(10),
    Math.min(...times)
      .toFixed(1)
      .padStart(10),
    (median(times) / base).toFixed(2).padStart(12),
  ]
  console.log(`${name.padEnd(16)}${cells.join('')}`)
}
if (median(commands[1].times) / base > limit) {
  console.error(`\nthe table of listeners takes more than ${limit} times a bare node`)
  process.exitCode = 1
}
