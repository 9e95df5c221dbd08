import {createServer, type RequestListener} from 'node:http'
import {type AddressInfo, createServer as createTcpServer, type Socket} from 'node:net'

export interface StandIn {
  hostPort: string
  /** Paths that were asked for. */
  asked: string[]
  close(): Promise<void>
}

const listen = async (
  server: ReturnType<typeof createTcpServer>,
  sockets: Set<Socket>,
  asked: string[],
): Promise<StandIn> => {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = (isAddressInfo(address) && address.port) || 0
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return {hostPort: `127.0.0.1:${port}`, asked, close}
}

const isAddressInfo = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null

/** An HTTP server in the place of Envoy's admin port. */
export function startAdmin(answer: RequestListener): Promise<StandIn> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  return listen(server, new Set(), asked)
}

/** A server that does to a connection whatever `serve` does. */
export const startRaw = (serve: (socket: Socket) => void): Promise<StandIn> =>
  listen(createTcpServer(serve), new Set(), [])
