import type {Packet} from '../../netfilter/packet.js'
import type {PacketBranch} from '../../netfilter/packet-trace.js'

/** The packet's way as it is exported. */
export interface PacketTraceDocument {
  apiVersion: 'sidetrace/v1'
  kind: 'PacketTrace'
  id?: string
  packet: Packet & {hook: string}
  branches: PacketBranch[]
}

/** A PacketTrace document; `full` keeps the steps. */
export const packetTraceDocument = (
  request: {id: string | null; hook: string; packet: Packet},
  branches: readonly PacketBranch[],
  full: boolean,
): PacketTraceDocument => ({
  apiVersion: 'sidetrace/v1',
  kind: 'PacketTrace',
  ...(request.id === null ? {} : {id: request.id}),
  packet: {hook: request.hook, ...request.packet},
  branches: branches.map((branch) => (full ? branch : {...branch, steps: []})),
})
