// Runs a command in a process of its own and takes its measure.
import {spawnSync} from 'node:child_process'

/** Reports what the process used, on file descriptor 3, as its last act. */
const report = `data:text/javascript,${encodeURIComponent(
  "import {writeSync} from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())))",
)}`

/**
 * Wall and CPU time in milliseconds, and peak memory in MB, of one run of node with these arguments; its output is thrown away.
 * @throws when it does not end with exit code 0
 */
export function measure(args) {
  const started = process.hrtime.bigint()
  const {status, stderr, output} = spawnSync(process.execPath, ['--import', report, ...args], {
    encoding: 'utf8',
    env: {...process.env, NO_COLOR: '1', NODE_ENV: 'production'},
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const wall = Number(process.hrtime.bigint() - started) / 1e6
  if (status !== 0) throw new Error(`node ${args.join(' ')}: exit ${status}: ${stderr}`)
  const {userCPUTime, systemCPUTime, maxRSS} = JSON.parse(output[3])
  return {wall, cpu: (userCPUTime + systemCPUTime) / 1e3, memory: maxRSS / 1024}
}

/** Measures each of `commands` once in every round, so that a busy machine slows all alike; gives their runs. */
export function interleave(commands, rounds) {
  const runs = commands.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, {args}] of commands.entries()) runs[index].push(measure(args))
  return runs
}

export const least = (runs, what) => Math.min(...runs.map((run) => run[what]))

export const median = (runs, what) =>
  runs.map((run) => run[what]).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)]

/** Lines of cells, the first column to the left and the others to the right. */
export const table = (lines) =>
  lines.map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(13))).join('')).join('\n')
