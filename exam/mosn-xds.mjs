#!/usr/bin/env node
// Asks about a MOSN that an xDS server configured; its dumps stay where they are: nothing of them is copied.
// usage: node exam/mosn-xds.mjs [--cases DIR] [--show N]
// Prints right / asked for each kind of question.
import {spawnSync} from 'node:child_process'
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const {values: flags} = parseArgs({
  options: {
    cases: {type: 'string', default: join(root, '..', 'shared', 'captures', 'mosn', 'xds')},
    show: {type: 'string', default: '0'},
  },
})
if (!existsSync(flags.cases)) {
  console.log(`mosn-xds: ${flags.cases} is not here, skipped`)
  process.exit(0)
}
const own = join(flags.cases, 'mosn_config_dump.json')
const envoyShaped = join(flags.cases, 'envoy_config_dump.json')
const documentOf = (file) => JSON.parse(readFileSync(join(flags.cases, file), 'utf8'))

/** What sidetrace prints, as it is or as the JSON that it is. */
function print(...args) {
  const {status, stdout, stderr} = spawnSync(process.execPath, ['bin/run.js', ...args], {cwd: root, encoding: 'utf8'})
  return status === 0 ? stdout : `exit ${status}: ${stderr}`
}
const json = (...args) => {
  const text = print(...args, '-o', 'json')
  return text.startsWith('exit') ? text : JSON.parse(text)
}

const scores = {}
const wrong = []
function expect(kind, what, got, wanted) {
  scores[kind] ??= {right: 0, asked: 0}
  scores[kind].asked += 1
  if (JSON.stringify(got) === JSON.stringify(wanted)) scores[kind].right += 1
  else wrong.push(`${kind}: ${what} is ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`)
}

/** The cells of a table without its titles. */
const rows = (text) =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))

const {listener, cluster, routers} = documentOf('mosn_config_dump.json')

// The call that was made, and where it arrived.
const call = documentOf('call.txt')
const request = ['--dst', call.host, '-X', call.method, `http://${call.host}${call.path}`]
const answer = json('match', '-f', own, ...request)
const [branch] = answer.branches ?? []
expect('call', 'the number of ways', answer.branches?.length, 1)
expect(
  'call',
  'the endpoint',
  branch?.endpoints?.map(({address}) => address),
  [call.up],
)
expect('call', 'the outcome', branch?.outcome?.kind, 'forwarded')
expect('call', 'the listener', branch?.listener, 'listener_0')
const [envoyBranch] = json('match', '-f', envoyShaped, ...request).branches ?? []
for (const member of ['listener', 'virtualHost', 'cluster'])
  expect('call', `${member} by the Envoy-shaped dump`, envoyBranch?.[member], branch?.[member])

// Tables of its own dump.
const table = (resource, file) => rows(print('pc', resource, '-f', file))
const hosts = Object.values(cluster).flatMap(({name, hosts}) =>
  hosts.map(({address}) => [address, 'HEALTHY', '-', name]),
)
const sorted = (lists) => lists.map((cells) => cells.join(' ')).sort()
expect('tables', 'the endpoints', sorted(table('endpoint', own)), sorted(hosts))
for (const file of [own, envoyShaped]) {
  expect('tables', `listeners of ${file}`, table('listener', file), [
    ['0.0.0.0', '10000', 'ALL', 'Route:', 'listener_0'],
  ])
  expect(
    'tables',
    `clusters of ${file}`,
    table('cluster', file)
      .map(([name]) => name)
      .sort(),
    Object.keys(cluster).sort(),
  )
  expect('tables', `routes of ${file}`, table('route', file), [['listener_0', 'local_service', '*', '/*']])
}

// Raw items, whole and from an answer about one kind.
const items = {listener, cluster, route: routers}
for (const [resource, byName] of Object.entries(items))
  expect('items', resource, json('pc', resource, '-f', own), Object.values(byName))
const listeners = join(flags.cases, 'mosn_listeners.json')
expect(
  'items',
  'listeners alone',
  json('pc', 'listener', '-f', listeners),
  Object.values(documentOf('mosn_listeners.json')),
)

// A folder of a snapshot with the statistics beside the dump.
const folder = mkdtempSync(join(tmpdir(), 'sidetrace-mosn-xds-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
const pod = {namespace: 'default', name: 'sample', ip: '10.0.0.1', sidecar: true}
writeFileSync(
  join(folder, 'snapshot.json'),
  JSON.stringify({apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods: [pod]}),
)
mkdirSync(join(folder, 'pods/default/sample/mosn'), {recursive: true})
copyFileSync(own, join(folder, 'pods/default/sample/mosn/config_dump.json'))
copyFileSync(join(flags.cases, 'stats.txt'), join(folder, 'pods/default/sample/mosn/stats.json'))
const wide = rows(print('pc', 'endpoint', 'sample', '--from', folder, '-o', 'wide'))
const {upstream} = documentOf('stats.txt')
const asked = wide.find(([address]) => address === call.up)
const counted = Object.entries(upstream).find(([name]) => name.includes(call.up))?.[1]
expect('statistics', 'requests to the endpoint', asked?.[6], counted?.request_total)
expect('statistics', 'connections to the endpoint', asked?.[4], counted?.connection_total)

for (const line of wrong.slice(0, Number(flags.show))) console.log(`WRONG ${line}`)
for (const [kind, {right, asked}] of Object.entries(scores)) console.log(`mosn-xds ${kind}: ${right} of ${asked} right`)
