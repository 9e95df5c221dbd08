import {SourceError} from '../../errors.js'
import type {Cluster, ExecResult, PodRef} from './cluster.js'

/** A request as it is to be sent from a container. */
export interface OutgoingRequest {
  method: string
  url: string
  /** A value of null leaves out a line that the program would add by itself. */
  headers: readonly (readonly [string, string | null])[]
  httpVersion: '1.0' | '1.1' | '2'
  /** `ip:port` that is connected to in place of what the URL says. */
  connectTo: string | null
}

/** How it ended. */
export interface SendResult {
  /** `curl in default/shop app`. */
  by: string
  /** Null where there was no answer. */
  status: number | null
  error: string | null
}

/** A program that can send a request, as arguments: no shell sees them. Null where it cannot send this one. */
interface Sender {
  program: string
  command: (request: OutgoingRequest) => string[] | null
  /** The status in what it printed. */
  status: (result: Extract<ExecResult, {kind: 'done'}>) => number | null
}

const seconds = 15

const printedStatus = ({stdout}: {stdout: Uint8Array}): number | null => {
  const text = /\d{3}/.exec(Buffer.from(stdout).toString('latin1'))?.[0]
  return text === undefined || text === '000' ? null : Number(text)
}

const plain = ({httpVersion, connectTo}: OutgoingRequest): boolean => httpVersion === '1.1' && connectTo === null

const nodeScript = `const [method,url,lines]=process.argv.slice(1),u=new URL(url)
const r=require(u.protocol==='https:'?'https':'http').request(u,{method,headers:Object.fromEntries(JSON.parse(lines)),timeout:${seconds}000,rejectUnauthorized:false},a=>{console.log(a.statusCode);a.resume()})
r.on('error',e=>{console.error(e.message);process.exit(1)});r.end()`

const pythonScript = `import sys,json,ssl,http.client,urllib.parse
m,u,h=sys.argv[1:4];x=urllib.parse.urlsplit(u)
c=http.client.HTTPSConnection(x.hostname,x.port,timeout=${seconds},context=ssl._create_unverified_context()) if x.scheme=='https' else http.client.HTTPConnection(x.hostname,x.port,timeout=${seconds})
c.request(m,(x.path or '/')+('?'+x.query if x.query else ''),headers=dict(json.loads(h)))
print(c.getresponse().status)`

/** Header lines that are there; those that are to be left out only curl can leave out. */
const given = ({headers}: OutgoingRequest): [string, string][] =>
  headers.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]))

const isSimple = (request: OutgoingRequest): boolean =>
  plain(request) && request.headers.every(([, value]) => value !== null)

const senders: readonly Sender[] = [
  {
    program: 'curl',
    command: ({method, url, headers, httpVersion, connectTo}) => [
      ...['curl', '-sS', '-g', '-k', '--path-as-is', '-m', String(seconds), '-o', '/dev/null', '-w', '%{http_code}'],
      ...(method === 'HEAD' ? ['-I'] : ['-X', method]),
      ...{'1.0': ['--http1.0'], '1.1': ['--http1.1'], '2': ['--http2-prior-knowledge']}[httpVersion],
      ...headers.flatMap(([name, value]) => [
        '-H',
        value === null ? `${name}:` : value === '' ? `${name};` : `${name}: ${value}`,
      ]),
      ...(connectTo === null ? [] : ['--connect-to', `::${connectTo}`]),
      ...['--url', url],
    ],
    status: printedStatus,
  },
  {
    program: 'node',
    command: (request) =>
      isSimple(request)
        ? ['node', '-e', nodeScript, request.method, request.url, JSON.stringify(given(request))]
        : null,
    status: printedStatus,
  },
  {
    program: 'python3',
    command: (request) =>
      isSimple(request)
        ? ['python3', '-c', pythonScript, request.method, request.url, JSON.stringify(given(request))]
        : null,
    status: printedStatus,
  },
  {
    program: 'wget',
    command: (request) =>
      isSimple(request) && request.method === 'GET'
        ? [
            ...['wget', '-q', '-S', '-T', String(seconds), '-O', '/dev/null'],
            ...given(request).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
            request.url,
          ]
        : null,
    status: ({code, stderr}) => {
      const said = /HTTP\/\d(?:\.\d)? (\d{3})/.exec(stderr)?.[1]
      return said === undefined ? (code === 0 ? 200 : null) : Number(said)
    },
  },
]

/**
 * Sends a request from the first of `containers` that has a program for it, as that container's user.
 * @throws SourceError where none has
 */
export async function sendRequest(
  cluster: Cluster,
  pod: PodRef,
  containers: readonly string[],
  request: OutgoingRequest,
): Promise<SendResult> {
  const where = `${pod.namespace}/${pod.name}`
  const wrong = request.headers.find(([name]) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
  if (wrong !== undefined || !/^https?:\/\//i.test(request.url))
    throw new SourceError('unreachable', 'is no request that can be sent', wrong?.[0] ?? request.url)
  for (const container of containers)
    for (const {program, command, status} of senders) {
      const words = command(request)
      const result = words && (await cluster.exec(pod, container, words, {timeoutMs: (seconds + 5) * 1000}))
      if (result?.kind !== 'done') continue
      const answered = status(result)
      const said = result.stderr.trim().split('\n').at(-1) ?? ''
      const error = answered === null ? said.slice(0, 300) || `${program} ended with ${result.code}` : null
      return {by: `${program} in ${where} ${container}`, status: answered, error}
    }
  const tried = senders.map(({program}) => program).join(', ')
  throw new SourceError(
    'unreachable',
    `no container has ${tried} that could send this request`,
    where,
    'Leave --send out and send it yourself while the counters are read',
  )
}
