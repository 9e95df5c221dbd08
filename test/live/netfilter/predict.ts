import {evaluatePacket, type Prepared} from '../../../src/netfilter/evaluate/evaluate.js'
import type {Packet} from '../../../src/netfilter/packet.js'
import type {PacketBranch} from '../../../src/netfilter/packet-trace.js'
import type {Answer, SentPacket} from './sender.js'

/** Where a packet ended, as both the kernel and the evaluator tell it. */
export interface End {
  where: 'delivered' | 'left' | 'dropped'
  to: string | null
  rules: Record<string, number>
}

const sum = (names: readonly string[]): Record<string, number> => {
  const counted: Record<string, number> = {}
  for (const name of names.toSorted()) counted[name] = (counted[name] ?? 0) + 1
  return counted
}

/** Conntrack begins a connection with SYN, and takes ACK for one that was there before (tcp_loose). */
function stateOf({proto, flags}: SentPacket): 'NEW' | 'INVALID' {
  const telling = flags.filter((flag) => flag !== 'PSH').join()
  return proto !== 'tcp' || telling === 'SYN' || telling === 'ACK' ? 'NEW' : 'INVALID'
}

const headers = {tcp: 20, udp: 8, gre: 8} as const

/** What the evaluator says. Both passes over lo belong to one packet. `known` is what is known of its connection. */
export function predict(prepared: Prepared, asked: SentPacket, known: Partial<Packet> = {}): End {
  const {hook, version, ...rest} = asked
  const length = (version === 4 ? 20 : 40) + headers[asked.proto]
  const common: Packet = {...rest, ctstate: stateOf(asked), length, ...known}
  const packet: Packet =
    hook === 'path-out' ? {...common, in: null} : {...common, in: 'eth0', out: null, uid: null, gid: null}
  const first = only(evaluatePacket(prepared, hook, packet))
  const over = first.verdict === 'accept' && hook === 'path-out' && first.packet.out === 'lo'
  const second = over ? only(evaluatePacket(prepared, 'path-in', {...first.packet, in: 'lo', out: null})) : null
  const last = second ?? first
  const where = last.verdict !== 'accept' ? 'dropped' : hook === 'path-out' && !over ? 'left' : 'delivered'
  const {src, sport, dst, dport, mark} = last.packet
  return {
    where,
    to: where === 'dropped' ? null : `${src} ${sport} > ${dst} ${dport} mark ${mark}`,
    rules: sum([...first.rules, ...(second?.rules ?? [])]),
  }
}

function only(branches: readonly PacketBranch[]): PacketBranch {
  const [first, ...more] = branches
  if (first === undefined || more.length > 0) throw new Error('chance where there is none')
  if (first.verdict === 'unknown') throw new Error(`not decided: ${JSON.stringify(first.assumptions)}`)
  return first
}

/** What the kernel did. */
export function observed({counted, seen}: Answer): End {
  const last = seen.find(({at}) => at === 'delivered') ?? seen[0]
  const where = last?.at ?? 'dropped'
  return {where, to: last?.text ?? null, rules: sum(counted)}
}
