import type {IpAddress} from '../../address/ip-address.js'
import {check} from '../../decision/check.js'
import type {Rule} from '../ruleset.js'
import type {Action} from '../statement.js'
import {accept, drop, next, type Performed} from './action.js'
import {findListener} from './listener.js'
import {assume, type Run} from './run.js'

/**
 * TPROXY hands the packet to the socket that listens on a port, and leaves its destination as it is. Without a (transparent) listener xt
 * drops the packet; nft breaks its rule off and the packet goes on.
 */
export function tproxy(run: Run, action: Extract<Action, {kind: 'tproxy'}>, rule: Rule): Performed {
  const {packet} = run
  if (action.family !== null && action.family !== packet.version)
    return breakOff(run, 'nfproto', String(action.family), String(packet.version))
  const port = action.port ?? packet.dport
  const address = action.address ?? listenAddress(run)
  if (!listens(run, address, port, rule)) {
    return action.dialect === 'xt' ? drop : breakOff(run, 'listener', `on port ${port}`, '(absent)')
  }
  packet.mark = ((packet.mark & ~action.mask) ^ action.mark) >>> 0
  packet.markKnown ||= action.mask === 0xffffffff
  packet.redirected = {by: 'TPROXY', address: action.address ?? packet.dst, port}
  return action.dialect === 'xt' ? accept : next
}

const breakOff = (run: Run, field: string, want: string, got: string): Performed => ({
  kind: 'break',
  check: run.steps && check(field, want, got, 'no'),
})

/** Without an address of its own TPROXY looks at the incoming interface's first address (nf_tproxy_laddr4). */
function listenAddress({packet, surroundings}: Run): IpAddress {
  const own = surroundings.interfaces?.get(packet.in ?? '')?.find(({address}) => address.version === packet.version)
  return own?.address ?? packet.dst
}

function listens(run: Run, address: IpAddress, port: number | null, rule: Rule): boolean {
  const listener = findListener(run.surroundings, run.packet.protocol, address, port)
  if (listener === 'unknown') {
    assume(run, {about: `a transparent listener on port ${port}`, assumed: 'is there', at: rule.name, turn: null})
    return true
  }
  if (listener === null) return false
  if (listener.transparent === null)
    assume(run, {about: `the listener on port ${port}`, assumed: 'is transparent', at: rule.name, turn: null})
  return listener.transparent !== false
}
