import {createHash} from 'node:crypto'
import type {IncomingMessage} from 'node:http'
import type {Duplex} from 'node:stream'

/** The server's end of a WebSocket, as far as an API server's streams need it: binary messages that begin with a channel's number. */
export interface Peer {
  send(channel: number, content: string | Buffer): void
  close(code?: number): void
  /** Breaks the connection off without a word. */
  drop(): void
  onMessage(take: (channel: number, content: Buffer) => void): void
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Accepts the upgrade (RFC 6455, 4.2.2). */
export function acceptSocket(request: IncomingMessage, socket: Duplex): Peer {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${guid}`).digest('base64')
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      'Sec-WebSocket-Protocol: v5.channel.k8s.io',
      '\r\n',
    ].join('\r\n'),
  )
  let take = (_channel: number, _content: Buffer): void => undefined
  let read: Buffer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (piece: Buffer) => {
    read = Buffer.concat([read, piece])
    for (let frame = firstFrame(read); frame !== null; frame = firstFrame(read)) {
      read = frame.rest
      if (frame.opcode === 2 && frame.content.length > 0) take(frame.content[0] ?? 0, frame.content.subarray(1))
    }
  })
  return {
    send: (channel, content) => socket.write(frameOf(2, Buffer.concat([Buffer.from([channel]), Buffer.from(content)]))),
    close: (code = 1000) => {
      const content = Buffer.alloc(2)
      content.writeUInt16BE(code)
      socket.end(frameOf(8, content))
    },
    drop: () => socket.destroy(),
    onMessage: (wanted) => {
      take = wanted
    },
  }
}

function frameOf(opcode: number, content: Buffer): Buffer {
  const head = content.length < 126 ? Buffer.from([0x80 | opcode, content.length]) : Buffer.alloc(4)
  if (content.length >= 126) {
    head.writeUInt8(0x80 | opcode, 0)
    head.writeUInt8(126, 1)
    head.writeUInt16BE(content.length, 2)
  }
  return Buffer.concat([head, content])
}

/** The first whole frame of a client, which masks its content. */
function firstFrame(bytes: Buffer): {opcode: number; content: Buffer; rest: Buffer} | null {
  if (bytes.length < 2) return null
  const short = (bytes[1] ?? 0) & 0x7f
  const lengthEnd = short === 126 ? 4 : 2
  if (bytes.length < lengthEnd + 4) return null
  const length = short === 126 ? bytes.readUInt16BE(2) : short
  const begin = lengthEnd + 4
  if (bytes.length < begin + length) return null
  const mask = bytes.subarray(lengthEnd, begin)
  const content = Buffer.from(bytes.subarray(begin, begin + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  return {opcode: (bytes[0] ?? 0) & 0x0f, content, rest: bytes.subarray(begin + length)}
}
