import {createServer, type Socket} from 'node:net'

/** What a server saw of a connection before it closed it. */
export interface SeenConnection {
  /** `IP:PORT` that was connected to. */
  address: string
  kind: 'plaintext' | 'tls'
  sni: string | null
  alpn: string[]
}

/** A server on every loopback address that looks at the first bytes of a connection and closes it. */
export interface ListeningServer {
  port: number
  /** What came since the last call. */
  take: () => SeenConnection[]
  close: () => void
}

export async function startListening(): Promise<ListeningServer> {
  let seen: SeenConnection[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    let bytes: Buffer = Buffer.alloc(0)
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more])
      const connection = look(socket, bytes)
      if (!connection) return
      seen.push(connection)
      socket.destroy()
    })
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '0.0.0.0', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const take = () => {
    const taken = seen
    seen = []
    return taken
  }
  return {port, take, close: () => server.close()}
}

/** Null: more bytes are needed. */
function look(socket: Socket, bytes: Buffer): SeenConnection | null {
  const address = `${socket.localAddress}:${socket.localPort}`
  if (bytes[0] !== handshakeRecord) return {address, kind: 'plaintext', sni: null, alpn: []}
  if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return null
  const extensions = helloExtensions(bytes.subarray(5))
  const sni = extensions.get(0)
  const alpn = extensions.get(16)
  return {
    address,
    kind: 'tls',
    sni: sni ? sni.toString('latin1', 5) : null,
    alpn: alpn ? vector(alpn.subarray(2), 1).map((name) => name.toString('latin1')) : [],
  }
}

const handshakeRecord = 0x16

/** RFC 8446, 4.1.2: the extensions of a ClientHello by their type. */
function helloExtensions(hello: Buffer): Map<number, Buffer> {
  let at = 4 + 2 + 32
  at += 1 + hello.readUInt8(at)
  at += 2 + hello.readUInt16BE(at)
  at += 1 + hello.readUInt8(at)
  const end = at + 2 + hello.readUInt16BE(at)
  const extensions = new Map<number, Buffer>()
  for (at += 2; at < end; at += 4 + hello.readUInt16BE(at + 2))
    extensions.set(hello.readUInt16BE(at), hello.subarray(at + 4, at + 4 + hello.readUInt16BE(at + 2)))
  return extensions
}

/** The elements of a vector, each behind its length in `size` bytes. */
function vector(bytes: Buffer, size: number): Buffer[] {
  const elements: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUIntBE(at, size)
    elements.push(bytes.subarray(at + size, at + size + length))
    at += size + length
  }
  return elements
}
