import type {IpAddress} from '../../address/ip-address.js'
import {inNetwork, type Network} from '../../address/network.js'
import type {ConntrackMatch, Negatable, NumberRange} from '../statement.js'
import {assumed, type Finding, undecidable} from './finding.js'
import {type Connection, isNatted, type PacketState, stateOf} from './packet-state.js'

/**
 * xt_conntrack: the state is asked first and exists without an entry too (INVALID, UNTRACKED); without an entry every other
 * question fails, negated or not, unless the state was asked in the same match and held.
 */
export function matchConntrack(match: ConntrackMatch, {tracking}: PacketState): Finding {
  const state = match.state === undefined || hasState(match.state.of, tracking) !== match.state.negated
  if (!state) return false
  if (tracking.kind !== 'entry') return match.state !== undefined
  let result: Finding = true
  for (const ask of questions) {
    const finding = ask(match, tracking.connection)
    if (finding === false) return false
    if (finding !== true && (result === true || (finding.kind === 'assumed' && !finding.holds))) result = finding
  }
  return result
}

function hasState(states: readonly string[], tracking: PacketState['tracking']): boolean {
  if (states.includes(stateOf(tracking))) return true
  if (tracking.kind !== 'entry') return false
  return (
    (states.includes('DNAT') && isNatted(tracking.connection, 'dst')) ||
    (states.includes('SNAT') && isNatted(tracking.connection, 'src'))
  )
}

type Question = (match: ConntrackMatch, connection: Connection) => Finding

const unknown = (what: string, asked: Negatable<unknown>): Finding =>
  assumed(asked.negated, `the connection's ${what}`, 'is none that the rule names')

const inNet =
  (what: 'origsrc' | 'origdst' | 'replsrc' | 'repldst'): Question =>
  (match, connection) => {
    const asked: Negatable<Network> | undefined = match[what]
    const address: IpAddress | null = connection[what]
    if (asked === undefined) return true
    return address === null ? unknown(what, asked) : inNetwork(asked.of, address) !== asked.negated
  }

const inPorts =
  (what: 'origsrcport' | 'origdstport' | 'replsrcport' | 'repldstport'): Question =>
  (match, connection) => {
    const asked: Negatable<NumberRange> | undefined = match[what]
    const port = connection[what]
    if (asked === undefined) return true
    if (port === null) return unknown(what, asked)
    return (asked.of.low <= port && port <= asked.of.high) !== asked.negated
  }

const questions: readonly Question[] = [
  ({direction: asked}, {direction}) => {
    if (asked === undefined) return true
    return direction === null ? unknown('direction', asked) : (direction === asked.of) !== asked.negated
  },
  inNet('origsrc'),
  inNet('origdst'),
  inNet('replsrc'),
  inNet('repldst'),
  ({protocol: asked}, {protocol}) => asked === undefined || (protocol === asked.of) !== asked.negated,
  inPorts('origsrcport'),
  inPorts('origdstport'),
  inPorts('replsrcport'),
  inPorts('repldstport'),
  ({status: asked}, {status}) => {
    if (asked === undefined) return true
    // NONE is no bit: it adds nothing to what is compared.
    return status === null
      ? unknown('status', asked)
      : asked.of.some((name) => name !== 'NONE' && status.has(name)) !== asked.negated
  },
  ({unmodelled}) =>
    unmodelled.length === 0 ||
    undecidable(`conntrack ${unmodelled.join(' ')}`, 'cannot be decided: it is not modelled'),
]
