import {SourceError} from '../../errors.js'
import {apiPath, pods} from './api-resource.js'
import type {ExecOptions, ExecResult, PodRef} from './cluster.js'
import type {Connection, Socket} from './connection.js'
import {objectsAt, textAt} from './json.js'

/** Channels of an exec. */
const channels = {stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255} as const

/**
 * Runs a program in a container, and waits for its end.
 * @throws SourceError when the container is not there, the stream is dropped, or the time is over
 */
export async function execInPod(
  connection: Connection,
  pod: PodRef,
  container: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const where = `${pod.namespace}/${pod.name} ${container}`
  const target = {namespace: pod.namespace, name: pod.name, subresource: 'exec'}
  const stdin = options.stdin === undefined ? undefined : Buffer.from(options.stdin)
  const query = {stdout: 'true', stderr: 'true', ...(stdin && {stdin: 'true'}), container, command}
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const ended = promise<unknown>()
  const socket = await connection.open({
    path: apiPath(pods, target, query),
    access: {verb: 'get', resource: pods, ...target},
    signal: options.signal,
    receive: (channel, bytes) => {
      if (channel === channels.stdout) stdout.push(bytes)
      else if (channel === channels.stderr) stderr.push(bytes)
      else if (channel === channels.status) ended.resolve(parse(bytes))
    },
  })
  const program = command[0] ?? ''
  const late = () =>
    ended.reject(
      new SourceError(
        'unreachable',
        `${program} did not end within ${timeoutMs / 1000} s`,
        where,
        'Wait longer with --timeout',
      ),
    )
  const timeoutMs = options.timeoutMs ?? connection.timeoutMs
  const timer = setTimeout(late, timeoutMs)
  const abort = () => ended.reject(options.signal?.reason)
  options.signal?.addEventListener('abort', abort)
  socket.onclose = () =>
    ended.reject(new SourceError('unreachable', `the cluster dropped the exec of ${program}`, where, 'Ask again'))
  socket.onerror = () => undefined
  if (stdin) sendInput(socket, stdin)
  try {
    return resultOf(await ended.promise, program, Buffer.concat(stdout), Buffer.concat(stderr).toString('utf8'), where)
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', abort)
    socket.onclose = () => undefined
    socket.terminate()
  }
}

function promise<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const made = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return {promise: made, resolve, reject}
}

/** The fifth version of the protocol can say that the input ends; before it only the end of everything did. */
function sendInput(socket: Socket, stdin: Buffer): void {
  socket.send(Buffer.concat([Buffer.from([channels.stdin]), stdin]))
  if (socket.protocol === 'v5.channel.k8s.io') socket.send(Buffer.from([channels.close, channels.stdin]))
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

const absent = /executable file not found|no such file or directory|exec format error|not found in \$PATH/i

function resultOf(status: unknown, program: string, stdout: Uint8Array, stderr: string, where: string): ExecResult {
  if (textAt(status, 'status') === 'Success') return {kind: 'done', code: 0, stdout, stderr}
  const causes = objectsAt(status, 'details', 'causes')
  const code = Number(
    textAt(
      causes.find((cause) => textAt(cause, 'reason') === 'ExitCode'),
      'message',
    ),
  )
  const message = textAt(status, 'message') ?? 'no reason given'
  // Some runtimes start a shell's way: 127 and a sentence of their own instead of an error.
  const notFound = Number.isNaN(code) ? absent.test(message) : (code === 127 || code === 126) && absent.test(stderr)
  if (notFound) return {kind: 'absent', program}
  if (!Number.isNaN(code)) return {kind: 'done', code, stdout, stderr}
  throw new SourceError('unreachable', `cannot run ${program}: ${message.slice(0, 300)}`, where)
}
