// What a batch costs: CPU time of each answer, the price of the start taken off.
import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {bigDump} from './dump-cost.mjs'
import {interleave, table} from './process.mjs'
import {bookinfo, packets, requestsTo} from './questions.mjs'

const lines = (asked, count) =>
  Array.from({length: count}, (_, index) => JSON.stringify({id: String(index), ...asked[index % asked.length]})).join(
    '\n',
  )

/** The batches that are measured; each has `count` lines. */
function batchesOf(root, folder, sizes) {
  const pods = join(root, 'samples/bookinfo/pods/default')
  const productpage = join(
    pods,
    readdirSync(pods).find((pod) => pod.startsWith('productpage')),
  )
  const meshes = sizes.map((size) => {
    const {dump, services} = bigDump(folder, size)
    return {
      name: `match, ${services} services`,
      args: ['match', '-f', dump],
      asked: requestsTo(services),
      count: 40_000,
    }
  })
  return [
    {
      name: 'match, bookinfo',
      args: ['match', '-f', join(productpage, 'config_dump.json')],
      asked: bookinfo,
      count: 80_000,
    },
    ...meshes,
    {
      name: 'iptables trace, Istio',
      args: ['iptables', 'trace', '-f', join(productpage, 'iptables-save.txt')],
      asked: packets,
      count: 80_000,
    },
  ]
}

/** Prints what a CPU second answers of each batch, and what a request costs in each mesh beside the smallest. */
export function batchCost(root, folder, sizes, rounds) {
  const batches = batchesOf(root, folder, sizes)
  const none = join(folder, 'none.jsonl')
  writeFileSync(none, '')
  const commands = batches.flatMap(({args, asked, count}, index) => {
    const file = join(folder, `${index}.jsonl`)
    writeFileSync(file, lines(asked, count))
    return [none, file].map((batch) => ({args: [join(root, 'bin/run.js'), ...args, '-o', 'jsonl', '--batch', batch]}))
  })
  const runs = interleave(commands, rounds)
  const costs = batches.map(({count}, index) =>
    runs[2 * index + 1].map(({cpu}, round) => ((cpu - runs[2 * index][round].cpu) * 1000) / count),
  )
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
  const rows = batches.map(({name}, index) => {
    const isMesh = name.endsWith('services')
    const ratio = median(costs[index].map((cost, round) => cost / costs[1][round]))
    const cost = median(costs[index])
    return [name, cost.toFixed(1), (1e6 / cost).toFixed(0), isMesh ? ratio.toFixed(2) : '']
  })
  console.log(`\nBatches, median of ${rounds} rounds, without the start\n`)
  console.log(table([['batch', 'us an answer', 'per CPU s', '/ smallest'], ...rows]))
}
