// What tables of big dumps cost, beside JSON.parse of the same file in a bare node.
import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {writeClusters, writeConfigDump} from './generate.mjs'
import {interleave, least, table} from './process.mjs'

/** Services that make a config dump of about so many megabytes, each with ten endpoints. */
const services = {5: 375, 50: 3800, 200: 15200}
const endpoints = 10

/** At most so many times the wall time of JSON.parse, and so much memory: beyond the file's size, or as many times JSON.parse's. */
const limits = {
  listener: {time: 0.4, beyondFile: 120},
  route: {time: 0.4, beyondFile: 120},
  cluster: {time: 0.7, memory: 1},
  endpoint: {time: 0.7, memory: 1},
  all: {time: 1.1, memory: 1},
}

const parse = (file) => ['-e', `JSON.parse(require('node:fs').readFileSync(${JSON.stringify(file)}))`]

/** The dump of about `size` MB in `folder`, made where it is missing, and how many services it knows. */
export function bigDump(folder, size) {
  const dump = join(folder, `${size}.config_dump.json`)
  if (!existsSync(dump)) writeConfigDump(dump, services[size], endpoints)
  return {dump, services: services[size]}
}

/** Prints the comparison for a dump of `size` MB in `folder`, made where it is missing; true when every limit is kept. */
export function dumpCost(root, folder, size, rounds) {
  const {dump} = bigDump(folder, size)
  const clusters = join(folder, `${size}.clusters.json`)
  if (!existsSync(clusters)) writeClusters(clusters, services[size], endpoints)
  const commands = [
    {name: 'JSON.parse dump', file: dump, args: parse(dump)},
    {name: 'JSON.parse clusters', file: clusters, args: parse(clusters)},
    ...Object.keys(limits).map((name) => {
      const file = name === 'endpoint' ? clusters : dump
      return {name, file, args: [join(root, 'bin/run.js'), 'pc', name, '-f', file]}
    }),
  ]
  const runs = interleave(commands, rounds)
  const measured = commands.map(({name, file}, i) => {
    const base = runs[file === dump ? 0 : 1]
    const ratio = (what) => least(runs[i], what) / least(base, what)
    return {name, file, least: (what) => least(runs[i], what), ratio}
  })
  const lines = measured.map(({name, least: own, ratio}) => [
    name,
    own('wall').toFixed(0),
    ratio('wall').toFixed(2),
    own('cpu').toFixed(0),
    ratio('cpu').toFixed(2),
    own('memory').toFixed(0),
    ratio('memory').toFixed(2),
  ])
  const sizes = [dump, clusters].map((file) => (statSync(file).size / 1e6).toFixed(1)).join(' and ')
  console.log(`\nDumps of ${sizes} MB, least of ${rounds} rounds\n`)
  console.log(table([['table', 'wall ms', '/ parse', 'cpu ms', '/ parse', 'memory MB', '/ parse'], ...lines]))
  return measured.every(({name, file, least: own, ratio}) => keeps(limits[name], statSync(file).size, own, ratio))
}

function keeps(limit, fileSize, own, ratio) {
  if (limit === undefined) return true
  const inMemory =
    limit.beyondFile === undefined
      ? ratio('memory') <= limit.memory
      : own('memory') <= fileSize / 1e6 + limit.beyondFile
  return ratio('wall') <= limit.time && inMemory
}
