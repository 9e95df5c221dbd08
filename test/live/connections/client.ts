import {connect, type Socket} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {connect as connectTls} from 'node:tls'
import {addressBits, parseIpAddress} from '../../../src/address/ip-address.js'
import type {Protocol} from '../../../src/xds/match/request.js'
import type {Connection} from './random-connection.js'

/** Bytes that a client of each protocol begins with. */
const firstBytes: Record<Exclude<Protocol, 'silent'>, string> = {
  http1: 'GET / HTTP/1.1\r\nhost: a.com\r\n\r\n',
  'http1.0': 'GET / HTTP/1.0\r\n\r\n',
  http2: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0',
  tcp: '\u0001\u0002 raw bytes',
}

/** Makes the connection, waits until it is answered or closed, and gives the client's own `ip:port`, by which the log knows it. */
export async function makeConnection(connection: Connection): Promise<string> {
  const {dst, src, protocol, tls} = connection.request
  const socket = connect({host: dst.ip, port: dst.port, localAddress: src?.ip ?? '127.0.0.1'})
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const peer = `${socket.localAddress}:${socket.localPort}`
  const header = headerBytes(connection)
  if (header) socket.write(header)
  if (tls) await speakTls(socket, connection)
  else await speak(socket, protocol)
  return peer
}

/** A closed connection is an answer too: errors of a socket that Envoy closes are expected. */
const answered = (socket: Socket): Promise<unknown> =>
  Promise.race([
    new Promise<void>((resolve) => {
      socket.once('data', () => resolve()).once('close', () => resolve())
    }),
    sleep(8000),
  ])

async function speak(socket: Socket, protocol: Protocol): Promise<void> {
  socket.on('error', () => {})
  if (protocol !== 'silent') socket.write(firstBytes[protocol])
  await answered(socket)
  socket.destroy()
}

/** Where Envoy does not end TLS, what it answers makes the handshake fail; the ClientHello was seen all the same. */
async function speakTls(socket: Socket, {request: {tls}, identity}: Connection): Promise<void> {
  const secured = connectTls({
    socket,
    rejectUnauthorized: false,
    ...(tls?.sni ? {servername: tls.sni} : {}),
    ...(tls && tls.alpn.length > 0 ? {ALPNProtocols: tls.alpn} : {}),
    ...(identity ? {cert: identity.cert, key: identity.key} : {}),
  })
  secured.on('error', () => {})
  socket.on('error', () => {})
  secured.once('secureConnect', () => secured.write('ping'))
  await answered(secured)
  secured.destroy()
  socket.destroy()
}

/** The header of PROXY protocol, as the HAProxy specification has it. */
function headerBytes({header, request: {proxyProtocol}}: Connection): Buffer | null {
  if (header === 'local') return Buffer.concat([signature, Buffer.from([0x20, 0, 0, 0])])
  if (!proxyProtocol) return null
  const {src, dst} = proxyProtocol
  const family = src.ip.includes(':') ? 6 : 4
  if (header === 'v1') return Buffer.from(`PROXY TCP${family} ${src.ip} ${dst.ip} ${src.port} ${dst.port}\r\n`)
  const body = Buffer.concat([ipBytes(src.ip), ipBytes(dst.ip), portBytes(src.port), portBytes(dst.port)])
  return Buffer.concat([signature, Buffer.from([0x21, family === 4 ? 0x11 : 0x21]), portBytes(body.length), body])
}

const signature = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a])

const portBytes = (value: number): Buffer => Buffer.from([value >> 8, value & 255])

function ipBytes(text: string): Buffer {
  const ip = parseIpAddress(text)
  return ip ? Buffer.from(ip.value.toString(16).padStart(addressBits[ip.version] / 4, '0'), 'hex') : Buffer.alloc(0)
}
