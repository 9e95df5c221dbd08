import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {MosnRequest} from '../../src/mosn/match/request.js'
import {root} from '../setup/run-bin.js'

export const fixtures = join(root, 'test/fixtures/mosn')

export const readJson = (file: string): unknown => JSON.parse(readFileSync(join(fixtures, file), 'utf8'))

/** One line of an access log: what the MOSN that served a call wrote of it. */
export interface LogLine {
  code: number
  /** A flag of MOSN's own is set. */
  flag: boolean
  /** Null for none. */
  cluster: string | null
  /** The host that was connected to; null for none. */
  upstream: string | null
  /** The port that accepted. */
  local: string
}

export function readLog(name: string): LogLine[] {
  const lines = readFileSync(join(fixtures, 'logs', `${name}.log`), 'utf8').split('\n')
  return lines.flatMap((line) => {
    const found = /code=(\d+) flag=(\w+) cluster=(\S+) upstream=\S+ ulocal=(\S+) dlocal=(\S+)/.exec(line)
    if (!found) return []
    const [, code = '', flag = '', cluster = '-', upstream = '-', local = ''] = found
    const orNull = (text: string) => (text === '-' ? null : text)
    return [{code: Number(code), flag: flag === 'true', cluster: orNull(cluster), upstream: orNull(upstream), local}]
  })
}

/** A recorded call as its client made it. */
export interface RecordedCall {
  label: string
  dump: string
  request: MosnRequest
  /** Access logs of one listener stand in the order of the calls. */
  log: LogLine
  /** The body that the client got, where it tells. */
  body: string
}

interface Call {
  q: string
  r: {code: number; redirect: string}
  body: string
}

const isCall = (value: unknown): value is Call => typeof value === 'object' && value !== null && 'q' in value

const lines = (name: string): unknown[] =>
  readFileSync(join(fixtures, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): unknown => JSON.parse(line))

const http = (
  dst: string,
  path: string,
  more: {method?: string; host?: string; headers?: [string, string][]; direction?: MosnRequest['direction']} = {},
): MosnRequest => {
  const [ip = '', port = ''] = dst.split(':')
  return {
    direction: more.direction ?? 'direct',
    dst: {ip, port: Number(port)},
    src: null,
    protocol: 'http1',
    tls: null,
    http: {method: more.method ?? 'GET', authority: more.host ?? dst, path, headers: more.headers ?? []},
    rpc: null,
  }
}

export const dubbo = (dst: string, service: string): MosnRequest => ({
  ...http(dst, '/'),
  protocol: 'dubbo',
  http: null,
  rpc: {service, method: 'sayHello', headers: []},
})

const bolt = (dst: string): MosnRequest => ({...dubbo(dst, 'testSofa'), protocol: 'bolt'})

/** What the labels of the routing calls stand for. The path is in the answer where the call reached an app. */
const edge: Record<string, [path: string, more?: Parameters<typeof http>[2]]> = {
  exact: ['/exact'],
  'exact-case': ['/EXACT'],
  'exact-hdr2': ['/exact', {headers: [['x-v', '2']]}],
  'exact-query': ['/exact?a=1'],
  re: ['/re/12'],
  're-suffix': ['/re/12abc'],
  're-unanch': ['/zz/unanch/zz'],
  both: ['/both'],
  never: ['/never'],
  'method-post': ['/m', {method: 'POST'}],
  'method-get': ['/m'],
  'hdr-regex': ['/hdr', {headers: [['x-user', 'jason']]}],
  'hdr-regex-case': ['/hdr', {headers: [['X-USER', 'jason']]}],
  'hdr-upcfg': ['/hdr', {headers: [['x-case', 'yes']]}],
  'hdr-upcfg2': ['/hdr', {headers: [['X-Case', 'yes']]}],
  'hdr-none': ['/hdr'],
  'prefix-case': ['/HDR'],
  'prefix-nonboundary': ['/hdrfoo'],
  'subset-v1': ['/subset', {headers: [['x-ver', 'v1']]}],
  'subset-v2': ['/subset', {headers: [['x-ver', 'v2']]}],
  'subset-v3': ['/subset', {headers: [['x-ver', 'v3']]}],
  'subset-v1g': ['/subset', {headers: [['x-ver', 'v1g']]}],
  'subset-none': ['/subset'],
  nofb: ['/nofb'],
  deffb: ['/deffb'],
  rw: ['/rw/x'],
  redir: ['/redir'],
  direct: ['/direct'],
  empty: ['/empty'],
  nocluster: ['/nocluster'],
  var: ['/var'],
  'var-or': ['/anything', {method: 'PUT'}],
  rpc: ['/zzz', {headers: [['x-rpc', '1']]}],
  nomatch: ['/nothing'],
}

function routingCall({q, body}: Call): {log: string; request: MosnRequest} {
  const vhost = /^vhost (\S+) (\S+)$/.exec(q)
  if (vhost) return {log: 'vhosts', request: http('127.0.0.1:20101', vhost[2] ?? '', {host: vhost[1] ?? ''})}
  const others: Record<string, {log: string; request: MosnRequest}> = {
    'onlydef-a': {log: 'onlydef', request: http('127.0.0.1:20102', '/a', {host: 'a:b:c'})},
    'onlydef-z': {log: 'onlydef', request: http('127.0.0.1:20102', '/z', {host: 'zzz'})},
    norouter: {log: 'norouter', request: http('127.0.0.1:20103', '/')},
    'onlydef-plain': {log: 'onlydef', request: http('127.0.0.1:20102', '/a', {host: 'zzz'})},
    'onlydef-badhost': {log: 'onlydef', request: http('127.0.0.1:20102', '/a', {host: 'foo:bar:1'})},
  }
  const other = others[q]
  if (other) return other
  const [path = '', more] = edge[q] ?? []
  expectPath(q, path, body)
  return {log: 'edge', request: http('127.0.0.1:20100', path, more)}
}

/** What we take a label for has to be what the app says it was asked. */
function expectPath(label: string, path: string, body: string): void {
  if (!body.startsWith('{')) return
  const answer: unknown = JSON.parse(body)
  if (typeof answer !== 'object' || answer === null || !('path' in answer)) return
  const original = 'opath' in answer && answer.opath !== null ? answer.opath : answer.path
  if (original !== path) throw new Error(`${label} was asked for ${String(original)}, not ${path}`)
}

const transparent: [log: string, dst: string, path: string, host?: string][] = [
  ['t-exact', '10.60.0.10:9080', '/'],
  ['t-any9080', '10.60.0.11:9080', '/'],
  ['t-any80', '10.60.0.12:80', '/', 'a.demo'],
  ['t-any80', '10.60.0.12:80', '/', 'other'],
  ['t-15001', '10.60.0.77:7777', '/p'],
  ['t-15001', '10.60.0.1:7778', '/'],
]

/** Every recorded call of the takeover, of transparent interception and of routing, with the access log's line. */
export function recordedCalls(): RecordedCall[] {
  const logs = new Map<string, LogLine[]>()
  const next = (name: string): LogLine => {
    const all = logs.get(name) ?? readLog(name)
    const [first, ...rest] = all
    if (first === undefined) throw new Error(`no more lines in ${name}`)
    logs.set(name, rest)
    return first
  }
  const service = 'com.alibaba.boot.demo.DemoService'
  const takeover = (label: string, log: string, request: MosnRequest): RecordedCall => ({
    label,
    dump: log.startsWith('caller') ? 'takeover-caller/config_dump.json' : 'takeover-provider/config_dump.json',
    request,
    log: next(log),
    body: '',
  })
  const calls: RecordedCall[] = [
    ...[1, 2, 3].flatMap((n) => [
      takeover(`dubbo ${n} at the caller`, 'caller-20882', dubbo('127.0.0.1:20882', service)),
      takeover(`dubbo ${n} at the provider`, 'provider-20881', dubbo('1.2.3.4:20881', service)),
    ]),
    takeover('dubbo unknown service', 'caller-20882', dubbo('127.0.0.1:20882', 'com.unknown.Svc')),
    takeover(
      'dubbo host that is not there',
      'caller-20882',
      dubbo('127.0.0.1:20882', 'com.alibaba.boot.demo.OtherService'),
    ),
    ...[1, 2].flatMap((n) => [
      takeover(`http ${n} at the caller`, 'caller-20892', http('127.0.0.1:20892', '/hello')),
      takeover(
        `http ${n} at the provider`,
        'provider-20891',
        http('1.2.3.4:20891', '/hello', {host: '127.0.0.1:20892'}),
      ),
    ]),
    takeover('bolt at the caller', 'caller-20902', bolt('127.0.0.1:20902')),
    takeover('bolt at the provider', 'provider-20901', bolt('1.2.3.4:20901')),
  ]
  const answers = lines('calls.jsonl').filter(isCall)
  for (const [index, [log, dst, path, host]] of transparent.entries()) {
    const answer = answers[index]
    const request = http(dst, path, {direction: 'outbound', ...(host === undefined ? {} : {host})})
    calls.push({
      label: answer?.q ?? '',
      dump: 'transparent/config_dump.json',
      request,
      log: next(log),
      body: answer?.body ?? '',
    })
  }
  for (const call of answers.slice(transparent.length)) {
    const {log, request} = routingCall(call)
    calls.push({label: call.q, dump: 'routing/config_dump.json', request, log: next(log), body: call.body})
  }
  return calls
}
