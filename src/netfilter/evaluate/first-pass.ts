import type {Packet} from '../packet.js'
import type {PacketBranch} from '../packet-trace.js'

/** Asks the rules about another packet. */
type Ask = (packet: Packet) => PacketBranch[]

/**
 * A packet on its second pass over lo went out through the same rules before. Where its connection's mark is not given, the way out tells it:
 * if every way that could have led here leaves the same mark, that is the one. The way out is asked without what only it knew (the owner).
 */
export function withMarkOfFirstPass(packet: Packet, ask: Ask): Packet {
  if (packet.loopbackOf !== true || packet.ctmark !== undefined || (packet.ctstate ?? 'NEW') !== 'NEW') return packet
  const ways = ask(firstPass(packet)).filter((way) => leadsTo(way, packet))
  const marks = new Set(ways.map((way) => way.packet.ctmark))
  const [mark] = marks
  return marks.size === 1 && mark !== undefined && ways.every((way) => way.assumptions.length === 0)
    ? {...packet, ctmark: mark}
    : packet
}

/** The packet as it was sent: to its original destination, before NAT. */
function firstPass(packet: Packet): Packet {
  const {
    uid,
    gid,
    loopbackOf,
    natDone,
    ctorigsrc,
    ctorigdst,
    ctorigsrcport,
    ctorigdstport,
    ctstatus,
    ctdir,
    ctstate,
    ...rest
  } = packet
  const sent: Packet = {...rest, in: null, out: 'lo', src: ctorigsrc ?? packet.src, dst: ctorigdst ?? packet.dst}
  const [sport, dport] = [ctorigsrcport ?? packet.sport, ctorigdstport ?? packet.dport]
  if (sport !== undefined) sent.sport = sport
  if (dport !== undefined) sent.dport = dport
  return sent
}

const leadsTo = (way: PacketBranch, packet: Packet): boolean =>
  way.verdict === 'accept' && way.packet.dst === packet.dst && way.packet.dport === packet.dport
