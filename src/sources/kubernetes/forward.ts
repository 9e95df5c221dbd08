import {Duplex} from 'node:stream'
import {SourceError} from '../../errors.js'
import {apiPath, pods} from './api-resource.js'
import type {PodRef} from './cluster.js'
import type {Connection, Socket} from './connection.js'
import {ClosedPort, DroppedStream} from './pod-failure.js'

/** Channels of a forwarded port: its data, and what the kubelet says of it. The first message of each begins with the port's number. */
const data = 0
const trouble = 1
const portLength = 2

/**
 * A connection to a port of a pod. It ends as a whole: who has written all closes it. A port that refuses, and a stream that the cluster drops,
 * destroy it with a SourceError.
 */
export async function dialPod(
  connection: Connection,
  pod: PodRef,
  port: number,
  {signal}: {signal?: AbortSignal | undefined} = {},
): Promise<Duplex> {
  const where = `${pod.namespace}/${pod.name}:${port}`
  const target = {namespace: pod.namespace, name: pod.name, subresource: 'portforward'}
  const begun = new Set<number>()
  const early: {channel: number; bytes: Buffer}[] = []
  let deliver = (channel: number, bytes: Buffer): void => void early.push({channel, bytes})
  const socket = await connection.open({
    path: apiPath(pods, target, {ports: String(port)}),
    access: {verb: 'get', resource: pods, ...target},
    signal,
    receive: (channel, bytes) => {
      const rest = begun.has(channel) ? bytes : bytes.subarray(portLength)
      begun.add(channel)
      if (rest.length > 0) deliver(channel, rest)
    },
  })
  const stream = duplexOver(socket, where)
  // It may fail before anybody listens; then it is `errored` for whoever takes it.
  stream.on('error', () => undefined)
  let complaint = ''
  deliver = (channel, bytes) => {
    if (channel === data) {
      if (!stream.push(bytes)) socket.pause()
    } else if (channel === trouble) {
      complaint += bytes.toString('utf8')
      stream.destroy(portFailure(complaint, where, port))
    }
  }
  for (const {channel, bytes} of early) deliver(channel, bytes)
  return stream
}

function duplexOver(socket: Socket, where: string): Duplex {
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => socket.resume(),
    write: (chunk: Buffer, _, done) => socket.send(Buffer.concat([Buffer.from([data]), chunk]), (error) => done(error)),
    final: (done) => {
      socket.close()
      done()
    },
    destroy: (error, done) => {
      socket.terminate()
      done(error)
    },
  })
  socket.onclose = ({code}) => {
    if (code === 1000 || code === 1005) stream.push(null)
    else stream.destroy(dropped(where, code))
  }
  socket.onerror = ({message}) => stream.destroy(dropped(where, message))
  return stream
}

const dropped = (where: string, reason: number | string): DroppedStream =>
  new DroppedStream(
    'unreachable',
    `the cluster dropped the forwarded stream (${reason})`,
    where,
    'Ask again; the pod may be gone, or its node',
  )

/** The kubelet's words for a port that it cannot reach. */
function portFailure(text: string, where: string, port: number): SourceError {
  if (/connection refused/i.test(text)) return new ClosedPort(port, where)
  return new SourceError('unreachable', `the port cannot be forwarded: ${text.trim().slice(0, 300)}`, where)
}
