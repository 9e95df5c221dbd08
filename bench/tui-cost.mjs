// How long a key takes to a painted frame, on a screen of 200 x 50 over the dump of a big mesh.
import {copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {writeConfigDump} from './generate.mjs'
import {makeServices} from './mesh.mjs'
import {table} from './process.mjs'
import {openPty} from './pty.mjs'

const size = {columns: 200, rows: 50}
/** Milliseconds from a key to a painted frame that 95 of 100 may take. */
const limit = 50

const [down, pageDown, end, home, right, left, enter, escape] = [
  '\u001b[B',
  '\u001b[6~',
  '\u001b[F',
  '\u001b[H',
  '\u001b[C',
  '\u001b[D',
  '\r',
  '\u001b',
]

/** A snapshot of one pod of a mesh of so many services: its dump, and the rules of the sample's productpage. */
export function writeMesh(root, folder, serviceCount) {
  const from = join(root, 'samples/bookinfo/pods/default')
  const sample = readdirSync(from).find((pod) => pod.startsWith('productpage'))
  const home = join(folder, `mesh-${serviceCount}`)
  const pod = join(home, 'pods/default', sample)
  if (existsSync(join(home, 'snapshot.json'))) return {home, pod: sample}
  mkdirSync(pod, {recursive: true})
  for (const file of [
    'iptables-save.txt',
    'ip6tables-save.txt',
    'ip-addr.json',
    'ip-route.json',
    'ip-rule.json',
    'ss-lntup.txt',
  ])
    copyFileSync(join(from, sample, file), join(pod, file))
  writeConfigDump(join(pod, 'config_dump.json'), serviceCount, 10)
  const services = makeServices(serviceCount).map(({namespace, name, address, port}) => ({
    namespace,
    name,
    clusterIP: address,
    ports: [{port}],
  }))
  const facts = {namespace: 'default', name: sample, ip: '10.10.0.11', sidecar: true, role: 'sidecar', proxyUid: 1337}
  const document = {apiVersion: 'sidetrace/v1', kind: 'Snapshot', name: 'big', pods: [facts], services, nodes: []}
  writeFileSync(join(home, 'snapshot.json'), JSON.stringify(document))
  return {home, pod: sample}
}

/** What is pressed, and in which view: `kind` names it in the table. */
function* tableKeys(view) {
  for (let index = 0; index < 20; index++) yield {kind: `${view}: down`, keys: down}
  for (let index = 0; index < 12; index++) yield {kind: `${view}: page down`, keys: pageDown}
  for (let index = 0; index < 4; index++) {
    yield {kind: `${view}: end, home`, keys: end}
    yield {kind: `${view}: end, home`, keys: home}
  }
  for (const keys of [right, right, left, left]) yield {kind: `${view}: column`, keys}
  for (let round = 0; round < 3; round++) {
    yield {kind: `${view}: open filter`, keys: '/'}
    for (const keys of ['cart-', 'orders', 'team-1'][round]) yield {kind: `${view}: filter letter`, keys}
    yield {kind: `${view}: filter letter`, keys: '\u007f'}
    yield {kind: `${view}: close filter`, keys: enter}
    yield {kind: `${view}: down in filtered`, keys: down}
    yield {kind: `${view}: clear filter`, keys: escape}
  }
  for (let round = 0; round < 3; round++) yield {kind: `${view}: sort`, keys: 's'}
  for (let round = 0; round < 4; round++) {
    yield {kind: `${view}: describe, source`, keys: round % 2 === 0 ? 'd' : 'y'}
    yield {kind: `${view}: back`, keys: escape}
  }
}

function* traceKeys() {
  yield {kind: 'trace: top', keys: 'g'}
  for (let index = 0; index < 10; index++) yield {kind: 'trace: down', keys: down}
  for (let round = 0; round < 8; round++) yield {kind: 'trace: next tab', keys: ']'}
  yield {kind: 'trace: open editor', keys: 'e'}
  for (const keys of '?a=b1234567') yield {kind: 'trace: edit letter', keys}
  yield {kind: 'trace: trace again', keys: enter}
  yield {kind: 'trace: what if', keys: 'w'}
  for (const keys of [' ', ' ', escape]) yield {kind: 'trace: what if', keys}
}

function* searchKeys() {
  yield {kind: 'search: open', keys: '\u000b'}
  for (const keys of 'payment 12') yield {kind: 'search: letter', keys}
  for (let index = 0; index < 5; index++) yield {kind: 'search: down', keys: down}
  yield {kind: 'search: close', keys: escape}
}

const at = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]

/** Opens the screen on a mesh of so many services, presses every kind of key, and prints what they took; true when the limit is kept. */
export async function tuiCost(root, folder, serviceCount = 15_200) {
  const {home, pod} = writeMesh(root, folder, serviceCount)
  const screen = openPty(root, [join(root, 'bin/run.js'), 'ui', pod, '--view', 'pods', '--from', home], size)
  const times = new Map()
  const press = async ({kind, keys}) => {
    const taken = await screen.press(keys)
    times.set(kind, [...(times.get(kind) ?? []), taken])
  }
  const pressAll = async (steps) => {
    for (const step of steps) await press(step)
  }
  try {
    await screen.shows(/q quit/)
    for (const [index, view] of ['clusters', 'endpoints', 'routes', 'listeners'].entries()) {
      for (const keys of `:${view}`) await press({kind: 'command letter', keys})
      // The first one reads the dump.
      await press({kind: index === 0 ? 'read the dump' : 'open a view', keys: enter})
      await screen.shows(new RegExp(`^ ${view} of \\S+ {2}[\\d,]+ `, 'm'))
      await pressAll(tableKeys(view))
    }
    for (const keys of ':clusters') await press({kind: 'command letter', keys})
    await press({kind: 'open a view', keys: enter})
    await screen.press('/cart-svc-1')
    await press({kind: 'clusters: close filter', keys: enter})
    await press({kind: 'trace a row', keys: 't'})
    await screen.shows(/GET http/)
    await pressAll(traceKeys())
    await pressAll(searchKeys())
  } finally {
    screen.close()
  }
  return report(times, serviceCount)
}

function report(times, serviceCount) {
  const lines = [...times].map(([kind, taken]) => {
    const painted = taken.map((each) => each.painted)
    return [
      kind,
      String(taken.length),
      at(painted, 0.5).toFixed(1),
      at(painted, 0.95).toFixed(1),
      Math.max(...taken.map((each) => each.settled)).toFixed(0),
    ]
  })
  console.log(
    `\nKey to painted frame: ${size.columns} x ${size.rows}, a dump with ${serviceCount} services, milliseconds\n`,
  )
  console.log(table([['key', 'times', 'p50', 'p95', 'last frame'], ...lines]))
  // Reading a dump of 200 MB takes what it takes; the frame that says so comes at once.
  const all = [...times].flatMap(([, taken]) => taken.map((each) => each.painted))
  const p95 = at(all, 0.95)
  console.log(`\nall ${all.length} keys: p50 ${at(all, 0.5).toFixed(1)}, p95 ${p95.toFixed(1)} (may be ${limit})`)
  return p95 <= limit
}
