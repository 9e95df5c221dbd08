#!/usr/bin/env node
// Runs the exams kept beside the project, where they are present: questions with recorded answers of a real Envoy, kernel, mesh and istioctl.
// usage: node exam/run.mjs [--only TEXT] [--show N] [--raise]
// Each suite is one test, passed at or above its floor in exam/floors.json. `--raise` lifts the floors to what was reached; nothing lowers them.
import {spawnSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const {values: flags} = parseArgs({
  options: {only: {type: 'string', default: ''}, show: {type: 'string', default: '0'}, raise: {type: 'boolean'}},
})
const root = fileURLToPath(new URL('..', import.meta.url))
const shared = join(root, '..', 'shared')
const floorsFile = join(root, 'exam', 'floors.json')
const floors = JSON.parse(readFileSync(floorsFile, 'utf8'))
const minutes = 60_000

const matchSuites = [
  'istio-simulation',
  'envoy-routes',
  'envoy-filter-chains',
  'envoy-hand-off',
  'envoy-rbac',
  'envoy-routes-focus',
  'envoy-rbac-focus',
  'envoy-routes-oldhdr',
]

/** Rule sets by kind, as the folder of cases names its files: `kubeproxy_000.json.gz`. */
function netfilterKinds() {
  const cases = join(shared, 'cases', 'netfilter')
  if (!existsSync(cases)) return []
  return [...new Set(readdirSync(cases).flatMap((file) => file.match(/^(.+)_\d+\.json\.gz$/)?.[1] ?? []))].sort()
}

const grader = (name, script, args) => ({name, script: join(shared, 'exam', script), args})
const suites = [
  ...matchSuites.map((suite) => grader(`match/${suite}`, 'grade.mjs', ['--suite', suite])),
  ...netfilterKinds().map((kind) => grader(`netfilter/${kind}`, 'grade-netfilter.mjs', ['--suite', kind])),
  grader('trace', 'grade-trace.mjs', []),
  grader('istioctl', 'grade-istioctl.mjs', []),
  {
    name: 'router-check',
    script: join(root, 'exam', 'router-check.mjs'),
    args: [],
    needs: join(shared, 'cases', 'router_check'),
  },
  {
    name: 'mosn-xds',
    script: join(root, 'exam', 'mosn-xds.mjs'),
    args: [],
    needs: join(shared, 'captures', 'mosn', 'xds'),
  },
].filter(({name}) => name.includes(flags.only))

/** `{right, asked}` as the graders print them; a suite in several forms has a line for each. Null when nothing was asked. */
function scoreOf(output) {
  const whole = output.match(/^all members right: (\d+) of (\d+)/m) ?? output.match(/^(\d+) of (\d+) equal/m)
  const lines = whole ? [whole] : [...output.matchAll(/^[\w/ -]+: (\d+) of (\d+) right/gm)]
  const [right, asked] = [1, 2].map((group) => lines.reduce((sum, line) => sum + Number(line[group]), 0))
  return asked > 0 ? {right, asked} : null
}

/** Percent, rounded down: a floor never claims more than was reached. */
const percentOf = ({right, asked}) => Math.floor((10_000 * right) / asked) / 100

const counts = {passed: 0, failed: 0, skipped: 0}
function report(outcome, line) {
  counts[outcome] += 1
  console.log(`exam ${line}: ${outcome}`)
}

for (const {name, script, args, needs} of suites) {
  const missing = [script, needs].find((path) => path !== undefined && !existsSync(path))
  if (missing !== undefined) {
    report('skipped', `${name}: ${missing} is not here`)
    continue
  }
  const started = Date.now()
  const run = spawnSync(process.execPath, [script, ...args, '--show', flags.show], {
    cwd: root,
    encoding: 'utf8',
    timeout: 8 * minutes,
    maxBuffer: 1 << 28,
  })
  if (flags.show !== '0') process.stdout.write(run.stdout)
  const score = scoreOf(run.stdout ?? '')
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`
  if (run.status === 0 && score === null && /skipped/.test(run.stdout)) {
    report('skipped', `${name}: its cases are not here`)
  } else if (run.status !== 0 || score === null) {
    report(
      'failed',
      `${name}: could not run (${run.error?.message ?? `exit ${run.status}`}) ${(run.stderr ?? '').trim().slice(0, 400)}`,
    )
  } else {
    const percent = percentOf(score)
    if (flags.raise) floors[name] = Math.max(percent, floors[name] ?? 0)
    const floor = floors[name] ?? 100 // A suite that nobody has set a floor for must be right.
    report(
      percent >= floor ? 'passed' : 'failed',
      `${name}: ${score.right} of ${score.asked} right (${percent} %, floor ${floor} %, ${seconds})`,
    )
  }
}
if (flags.raise) {
  const sorted = Object.fromEntries(Object.entries(floors).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(floorsFile, `${JSON.stringify(sorted, null, 2)}\n`)
}
console.log(`exams: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
