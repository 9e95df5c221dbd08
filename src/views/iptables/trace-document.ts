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
export function packetTraceDocument(
  {id, hook, packet}: {id: string | null; hook: string; packet: Packet},
  branches: PacketBranch[],
  full: boolean,
): PacketTraceDocument {
  const shown = full
    ? branches
    : branches.map((branch) => (branch.steps.length === 0 ? branch : {...branch, steps: []}))
  // Written out twice: an object that is spread into another costs a batch microseconds.
  const asked = {hook, ...packet}
  if (id === null) return {apiVersion: 'sidetrace/v1', kind: 'PacketTrace', packet: asked, branches: shown}
  return {apiVersion: 'sidetrace/v1', kind: 'PacketTrace', id, packet: asked, branches: shown}
}
