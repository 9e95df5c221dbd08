#!/usr/bin/env node
// Asks the questions of router_check_tool's own test data, which stays where it is: nothing of it is copied.
// usage: node exam/router-check.mjs [--cases DIR] [--show N]
// Prints right / asked for each kind of expectation. Files named *Failures* hold expectations that must fail; they are left out.
import {spawnSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {parse} from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const {values: flags} = parseArgs({
  options: {
    cases: {type: 'string', default: join(root, '..', 'shared', 'cases', 'router_check')},
    show: {type: 'string', default: '0'},
  },
})

/** What `sidetrace test` finds, case by case. */
function resultsOf(tests, routes) {
  const args = ['bin/run.js', 'test', tests, '--route-config', routes, '-o', 'json']
  const {status, stdout, stderr} = spawnSync(process.execPath, args, {cwd: root, encoding: 'utf8', maxBuffer: 1 << 28})
  if (status !== 0 && status !== 79) throw new Error(`${tests}: exit ${status}: ${stderr}`)
  return JSON.parse(stdout).suites[0].tests
}

if (!existsSync(flags.cases)) {
  console.log(`router-check: ${flags.cases} is not here, skipped`)
  process.exit(0)
}
const kinds = [
  'cluster_name',
  'virtual_cluster_name',
  'virtual_host_name',
  'path_rewrite',
  'host_rewrite',
  'path_redirect',
  'code_redirect',
]
const scores = Object.fromEntries(kinds.map((kind) => [kind, {right: 0, asked: 0}]))
const wrong = []
for (const file of readdirSync(flags.cases).sort()) {
  const name = file.match(/^(.+)\.golden\.proto\.(?:json|yaml)$/)?.[1]
  if (name === undefined || name.includes('Failures')) continue
  const path = join(flags.cases, file)
  const results = resultsOf(path, join(flags.cases, `${name}.yaml`))
  const {tests} = parse(readFileSync(path, 'utf8'))
  for (const [index, {test_name: test, validate}] of tests.entries()) {
    const {differences, unchecked} = results[index]
    for (const kind of kinds.filter((each) => validate[each] !== undefined)) {
      scores[kind].asked += 1
      const difference = differences.find(({member}) => member === kind)
      if (difference === undefined && !unchecked.includes(kind)) scores[kind].right += 1
      else wrong.push(`${file} ${test}: ${kind} is ${JSON.stringify(difference?.got)}, expected ${validate[kind]}`)
    }
  }
}
for (const line of wrong.slice(0, Number(flags.show))) console.log(`WRONG ${line}`)
for (const [kind, {right, asked}] of Object.entries(scores))
  console.log(`router-check ${kind}: ${right} of ${asked} right`)
