import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {TraceRequest} from '../../../src/trace/request.js'
import type {Namespace} from '../sources/namespace.js'
import {counters, grown, logsOf, type Observation} from './observation.js'
import {serviceAddresses} from './plan.js'
import type {RunningPod} from './pod.js'

/** Asks twice on one connection, and waits for a file before it asks again. Arguments: address, port, path, headers, folder. */
const client = `
const [address, port, path, headers, folder] = process.argv.slice(1)
const fs = require('fs'), http = require('http')
const agent = new http.Agent({keepAlive: true, maxSockets: 1})
const ask = () => new Promise((resolve, reject) => {
  const sent = http.get({host: address, port, path, headers: JSON.parse(headers), agent}, (response) => {
    let body = ''
    response.on('data', (part) => (body += part)).on('end', () => resolve({status: response.statusCode, body, again: sent.reusedSocket}))
  })
  sent.on('error', reject)
})
const say = (file, value) => { fs.writeFileSync(folder + '/' + file + '.part', JSON.stringify(value)); fs.renameSync(folder + '/' + file + '.part', folder + '/' + file) }
ask().then((first) => {
  say('first', first)
  const wait = setInterval(() => {
    if (!fs.existsSync(folder + '/go')) return
    clearInterval(wait)
    ask().then((second) => { say('second', second); agent.destroy() }, (error) => say('second', {error: String(error)}))
  }, 20)
}, (error) => say('first', {error: String(error)}))
`

async function appears(file: string): Promise<void> {
  for (let waited = 0; !existsSync(file); waited += 20) {
    if (waited > 10_000) throw new Error(`${file} did not appear`)
    await sleep(20)
  }
}

/** What moved while the second of two equal requests went over the connections that the first had opened; null where it opened its own. */
export async function observeSecond(
  request: TraceRequest,
  pods: readonly RunningPod[],
  node: Namespace,
  folder: string,
): Promise<{file: string; seen: Observation}> {
  const from = pods.find(({plan}) => request.client.pod === `default/${plan.name}`)
  const [, host = '', port = '', path = ''] = /^http:\/\/([^:/]+):(\d+)(.*)$/.exec(request.url ?? '') ?? []
  if (!from) throw new Error(`no pod ${request.client.pod}`)
  const address = Object.entries(serviceAddresses).find(([name]) => name === host)?.[1] ?? host
  const headers = JSON.stringify({host: `${host}:${port}`, ...Object.fromEntries(request.headers)})
  const as = [`--reuid=${request.client.uid}`, `--regid=${request.client.gid}`, '--clear-groups', '--']
  from.namespace.start('setpriv', [...as, process.execPath, '-e', client, address, port, path, headers, folder])
  await appears(join(folder, 'first'))
  const places: [string, Namespace][] = [
    ...pods.map(({plan, namespace}): [string, Namespace] => [plan.name, namespace]),
    ['node1', node],
  ]
  await logsOf(pods, 0)
  const before = new Map(places.map(([name, namespace]) => [name, counters(namespace)]))
  writeFileSync(join(folder, 'go'), '')
  await appears(join(folder, 'second'))
  const logs = await logsOf(pods, 1)
  const rules = new Map(
    places.map(([name, namespace]) => [name, grown(before.get(name) ?? new Map(), counters(namespace))]),
  )
  return {file: join(folder, 'second'), seen: {client: {exit: 0, status: 0, pod: null}, logs, rules}}
}
