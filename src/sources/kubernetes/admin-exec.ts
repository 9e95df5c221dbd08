import {SourceError} from '../../errors.js'
import type {AdminAnswer, AdminOptions} from '../admin-point.js'
import {pods} from './api-resource.js'
import type {Cluster, ExecResult, PodRef} from './cluster.js'
import {ClosedPort} from './pod-failure.js'
import {roleFor} from './role.js'

/** A program of the proxy's container that can ask its Envoy. */
interface Asker {
  program: string
  command: (method: 'GET' | 'POST', port: number, path: string, seconds: number) => string[]
  /** Takes the answer from what the program printed; null where it says nothing of the status. */
  read?: (stdout: Uint8Array) => {status: number; contentType: string; body: Uint8Array}
}

const url = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`

const python = `import sys,urllib.request as u
r=u.urlopen(u.Request(sys.argv[2],method=sys.argv[1]),timeout=int(sys.argv[3]))
sys.stdout.buffer.write(r.read())`

/** In the order in which they are tried: what Istio's image has, then what is found elsewhere. None needs a shell. */
const askers: readonly Asker[] = [
  {
    program: 'pilot-agent',
    command: (method, port, path) => ['request', '--debug-port', String(port), method, path.slice(1)],
  },
  {
    program: 'curl',
    command: (method, port, path, seconds) => [
      ...['-sS', '-g', '-m', String(seconds), '-X', method],
      ...['-w', '\\n%{http_code} %{content_type}', url(port, path)],
    ],
    read: readCurl,
  },
  {
    program: 'wget',
    command: (method, port, path, seconds) => [
      ...['-q', '-T', String(seconds), '-O', '-', ...(method === 'POST' ? ['--post-data='] : [])],
      url(port, path),
    ],
  },
  {
    program: 'python3',
    command: (method, port, path, seconds) => ['-c', python, method, url(port, path), String(seconds)],
  },
]

/** curl's last line is ours: the status and the content type. */
function readCurl(stdout: Uint8Array) {
  const end = stdout.lastIndexOf(0x0a)
  const [status = '', ...type] = Buffer.from(stdout.subarray(end + 1))
    .toString('utf8')
    .split(' ')
  return {status: Number(status), contentType: type.join(' '), body: stdout.subarray(0, Math.max(0, end))}
}

/** The answer, and the program that got it. */
export interface ExecAnswer extends AdminAnswer {
  program: string
}

/**
 * Asks a pod's Envoy by running a program in its container: the first of those above that the container has.
 * @throws SourceError (unreachable) when it has none, or the proxy does not answer it
 */
export async function askByExec(
  cluster: Cluster,
  pod: PodRef,
  container: string,
  port: number,
  path: string,
  {method = 'GET', timeoutMs = 15_000, signal}: AdminOptions,
): Promise<ExecAnswer> {
  const where = `${pod.namespace}/${pod.name} ${container}`
  for (const asker of askers) {
    const command = [asker.program, ...asker.command(method, port, path, Math.ceil(timeoutMs / 1000))]
    const result = await cluster.exec(pod, container, command, {...(signal && {signal})})
    if (result.kind === 'done') return answerOf(asker, result, where, port)
  }
  throw new SourceError(
    'unreachable',
    `has none of ${askers.map(({program}) => program).join(', ')}, so its Envoy cannot be asked by exec`,
    where,
    'It takes the right to forward a port:',
    {remedy: roleFor({verb: 'get', resource: pods, namespace: pod.namespace, subresource: 'portforward'})},
  )
}

function answerOf(
  {program, read}: Asker,
  {code, stdout, stderr}: Extract<ExecResult, {kind: 'done'}>,
  where: string,
  port: number,
): ExecAnswer {
  if (code !== 0) throw failed(program, code, stderr, where, port)
  const {status, contentType, body} = read?.(stdout) ?? {status: 200, contentType: '', body: stdout}
  const pieces = async function* () {
    if (body.length > 0) yield body
  }
  return {program, status, contentType, body: pieces()}
}

function failed(program: string, code: number, stderr: string, where: string, port: number): SourceError {
  if (/connection refused|couldn't connect|can't connect/i.test(stderr)) return new ClosedPort(port, where)
  const reason = stderr.trim().split('\n')[0] || `exit ${code}`
  return new SourceError('unreachable', `${program} could not ask Envoy: ${reason.slice(0, 300)}`, where)
}
