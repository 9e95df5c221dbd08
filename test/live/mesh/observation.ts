import {setTimeout as sleep} from 'node:timers/promises'
import {readPlaceRules} from '../../../src/netfilter/capture.js'
import {splitHostPort} from '../../../src/trace/client-request.js'
import type {TraceRequest} from '../../../src/trace/request.js'
import type {Namespace} from '../sources/namespace.js'
import {serviceAddresses} from './plan.js'
import type {RunningPod} from './pod.js'

/** What was seen of one request: what its client got, what every Envoy logged, and which rules counted. */
export interface Observation {
  client: {exit: number; status: number; pod: string | null}
  /** By pod: access log entries. */
  logs: Map<string, Record<string, unknown>[]>
  /** By pod, and `node1`: packets by rule, of those that counted any. */
  rules: Map<string, Map<string, number>>
}

/** Packets by rule, as the kernel counted them. */
export function counters(namespace: Namespace): Map<string, number> {
  const files: Record<string, string> = {
    'iptables-save.txt': namespace.run('iptables-nft-save', ['-c']),
    'nft-ruleset.txt': namespace.run('sh', ['-c', 'nft list ruleset 2>/dev/null']),
  }
  const rulesets = readPlaceRules((file) => (files[file]?.trim() ? files[file] : null), 'live')
  const rules = rulesets
    .flatMap(({tables}) => tables)
    .flatMap(({chains}) => chains)
    .flatMap((chain) => chain.rules)
  return new Map(rules.map((rule) => [rule.name, rule.counters?.packets ?? 0]))
}

export function grown(before: Map<string, number>, after: Map<string, number>): Map<string, number> {
  const entries = [...after].map(([name, count]): [string, number] => [name, count - (before.get(name) ?? 0)])
  return new Map(entries.filter(([, count]) => count > 0))
}

/** How long an Envoy may take to write its log on a busy machine, and how often we look. */
const [patience, interval] = [3000, 40]

/** Sends the request from its client's namespace and user, and looks what moved. `proxies`: so many log entries have to come at least. */
export async function observe(
  request: TraceRequest,
  pods: readonly RunningPod[],
  node: Namespace,
  proxies: number,
): Promise<Observation> {
  const places: [string, Namespace][] = [
    ...pods.map(({plan, namespace}): [string, Namespace] => [plan.name, namespace]),
    ['node1', node],
  ]
  for (const pod of pods) pod.newLog()
  const before = new Map(places.map(([name, namespace]) => [name, counters(namespace)]))
  const client = send(request, pods)
  const logs = await logsOf(pods, proxies)
  return {
    client,
    logs,
    rules: new Map(
      places.map(([name, namespace]) => [name, grown(before.get(name) ?? new Map(), counters(namespace))]),
    ),
  }
}

/** What all Envoys log until nothing more comes; one that stays silent longer than our patience has nothing to say. */
export async function logsOf(pods: readonly RunningPod[], proxies: number): Promise<Observation['logs']> {
  const logs: Observation['logs'] = new Map(pods.map(({plan}) => [plan.name, []]))
  for (let waited = 0, quiet = 0; waited < patience && quiet < 2; waited += interval) {
    await sleep(interval)
    let news = 0
    for (const pod of pods) {
      const lines = pod.newLog()
      logs.get(pod.plan.name)?.push(...lines)
      news += lines.length
    }
    const total = [...logs.values()].reduce((sum, lines) => sum + lines.length, 0)
    quiet = news === 0 && total >= proxies ? quiet + 1 : 0
  }
  return logs
}

function send(request: TraceRequest, pods: readonly RunningPod[]): Observation['client'] {
  const from = pods.find(({plan}) => request.client.pod === `default/${plan.name}`)
  if (!from) throw new Error(`no pod ${request.client.pod}`)
  const {uid, gid} = request.client
  const as = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--']
  const output = from.namespace.run('setpriv', [...as, 'sh', '-c', `${command(request)}; echo " exit=$?"`])
  const [, body = '', status = '0', exit = '1'] = /^(.*?)\s*(?:status=(\d+))?\s+exit=(\d+)\s*$/s.exec(output) ?? []
  return {exit: Number(exit), status: Number(status), pod: podOf(body)}
}

const podOf = (body: string): string | null =>
  /"pod":"([^"]+)"/.exec(body)?.[1] ?? /^(\w+) hello/.exec(body.trim())?.[1] ?? null

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

const resolved = (host: string): string => Object.entries(serviceAddresses).find(([name]) => name === host)?.[1] ?? host

function command({url, tcp, method, headers, httpVersion}: TraceRequest): string {
  if (tcp !== null) {
    const {host, port} = splitHostPort(tcp.dst, 0)
    const script = `const s=require('net').connect(${port},${JSON.stringify(resolved(host))},()=>s.write(${JSON.stringify(tcp.data)}));s.setTimeout(3000,()=>process.exit(28));s.on('error',e=>process.exit(e.code==='ECONNREFUSED'?7:56));s.on('data',d=>process.stdout.write(d));s.on('close',()=>process.exit(s.bytesRead?0:52))`
    return `${quote(process.execPath)} -e ${quote(script)}`
  }
  const {host, port} = splitHostPort(/^http:\/\/([^/]+)/.exec(url ?? '')?.[1] ?? '', 80)
  const lines = headers.flatMap(([name, value]) => ['-H', quote(`${name}: ${value}`)])
  const resolve = resolved(host) === host ? [] : ['--resolve', `${host}:${port}:${resolved(host)}`]
  return [
    'curl -sS --max-time 4 --path-as-is -o -',
    "-w ' status=%{http_code}'",
    `-X ${method ?? 'GET'}`,
    httpVersion === '1.0' ? '--http1.0' : '--http1.1',
    ...resolve,
    ...lines,
    quote(url ?? ''),
    '2>/dev/null',
  ].join(' ')
}
