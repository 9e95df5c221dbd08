import {evaluate} from '../netfilter/evaluate/evaluate.js'
import type {Mapping} from '../netfilter/mapping.js'
import type {HookPath, Packet} from '../netfilter/packet.js'
import type {PacketBranch} from '../netfilter/packet-trace.js'
import type {Walk} from './journey.js'
import type {Place} from './place.js'

/** A packet after the rules of a place, and what became of its connection's first one there; of a new connection it is the first. */
export interface Passed extends PacketBranch {
  /** The packet before them. */
  entered: Packet
  first: PacketBranch
}

/** The packets that go by: the first of its connection, and where the connection is open already the one that is asked about. */
export interface Passing {
  first: Packet
  later: Packet
}

/**
 * Asks the rules of a place. On a connection that is open already the first packet tells what conntrack's entry holds; the packet itself
 * then goes by the other tables, and by that entry. A first packet that does not get through has opened no connection: its end is the end.
 */
export function pass(walk: Walk, {rulesets, environment}: Place, path: HookPath, {first, later}: Passing): Passed[] {
  const {explain} = walk
  return evaluate(rulesets, environment, path, first, {explain}).flatMap((opening): Passed[] => {
    if (!walk.reused || opening.verdict !== 'accept') return [{...opening, entered: first, first: opening}]
    const known = withEntry(later, first, opening)
    return evaluate(rulesets, environment, path, known, {explain, mapping: mappingOf(opening)}).map((branch) => ({
      ...branch,
      probability: opening.probability * branch.probability,
      assumptions: [...opening.assumptions, ...branch.assumptions],
      redirectedTo: opening.redirectedTo,
      redirectedBy: opening.redirectedBy,
      entered: known,
      first: opening,
    }))
  })
}

/** One and the same packet, of a connection about to be opened or open already. */
export const alone = (packet: Packet): Passing => ({first: packet, later: packet})

const mappingOf = ({packet, redirectedBy}: PacketBranch): Mapping => ({
  by: redirectedBy === 'TPROXY' ? null : redirectedBy,
  src: packet.src,
  sport: packet.sport ?? null,
  dst: packet.dst,
  dport: packet.dport ?? null,
})

/** Data on a connection that both sides have spoken on. */
function withEntry(later: Packet, first: Packet, opening: PacketBranch): Packet {
  const {ctmark, ctorigsrc, ctorigdst, ctorigsrcport, ctorigdstport} = {...first, ...opening.packet}
  const natted = [
    ...(opening.packet.src === first.src && opening.packet.sport === first.sport ? [] : ['SRC_NAT']),
    ...(opening.packet.dst === first.dst && opening.packet.dport === first.dport ? [] : ['DST_NAT']),
  ]
  return {
    ...later,
    ctstate: 'ESTABLISHED',
    ctdir: 'ORIGINAL',
    ctstatus: ['SEEN_REPLY', 'ASSURED', 'CONFIRMED', ...natted],
    flags: ['PSH', 'ACK'],
    ...(ctmark !== undefined && {ctmark}),
    ...(ctorigsrc !== undefined && {ctorigsrc}),
    ...(ctorigdst !== undefined && {ctorigdst}),
    ...(ctorigsrcport !== undefined && {ctorigsrcport}),
    ...(ctorigdstport !== undefined && {ctorigdstport}),
  }
}
