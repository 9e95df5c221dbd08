// What a start costs: whole commands on a dump of half a megabyte beside a bare node.
import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {interleave, least, median, table} from './process.mjs'

/** A table of listeners may take so many times a bare node. */
const limit = 3

const request = ['--direction', 'outbound', '--dst', '10.96.0.14:9080', 'http://reviews:9080/reviews/0']

/** Prints the comparison; true when the limit is kept. */
export function startCost(root, rounds) {
  const pods = join(root, 'samples/bookinfo/pods/default')
  const productpage = readdirSync(pods).find((pod) => pod.startsWith('productpage'))
  const dump = join(pods, productpage, 'config_dump.json')
  const bin = join(root, 'bin/run.js')
  const commands = [
    {name: 'node -e 0', args: ['-e', '0']},
    {name: 'pc listener -f', args: [bin, 'pc', 'listener', '-f', dump]},
    {name: 'pc route -f', args: [bin, 'pc', 'route', '-f', dump]},
    {name: 'match -f', args: [bin, 'match', '-f', dump, ...request]},
    {name: 'trace', args: [bin, 'trace', '-o', 'text']},
  ]
  const runs = interleave(commands, rounds)
  const base = median(runs[0], 'wall')
  const lines = commands.map(({name}, i) => [
    name,
    median(runs[i], 'wall').toFixed(1),
    least(runs[i], 'wall').toFixed(1),
    (median(runs[i], 'wall') / base).toFixed(2),
  ])
  console.log(`Start: a dump of ${(statSync(dump).size / 1e6).toFixed(2)} MB, ${rounds} rounds\n`)
  console.log(table([['command', 'median ms', 'least ms', 'times node'], ...lines]))
  return median(runs[1], 'wall') / base <= limit
}
