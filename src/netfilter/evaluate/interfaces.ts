import {formatIpAddress, type IpAddress} from '../../address/ip-address.js'
import type {HookPath} from '../packet.js'
import {routeIn} from './route.js'
import {assume, type Run, record} from './run.js'

const sends: ReadonlySet<HookPath> = new Set(['path-out', 'output', 'postrouting'])

/** The interface that nobody named: the one the routes lead to, or that the way back to the sender leads to. */
export function findInterfaces(run: Run, path: HookPath): void {
  const {packet} = run
  if (sends.has(path)) {
    if (packet.asked.out === undefined) packet.out = towards(run, packet.dst, 'out')
  } else if (packet.asked.in === undefined) packet.in = packet.loopback ? 'lo' : towards(run, packet.src, 'in')
}

function towards(run: Run, address: IpAddress, side: 'in' | 'out'): string | null {
  const {packet, surroundings} = run
  const found = routeIn(surroundings, {dst: address, src: side === 'out' ? packet.src : null, mark: packet.mark})
  const text = formatIpAddress(address)
  if (found.dev !== null) {
    record(run, 'routing', 'route', `${side} ${found.dev}`, [
      {field: side === 'out' ? 'dst' : 'src', want: found.because, got: text, holds: 'yes'},
    ])
    return found.dev
  }
  const [only, ...others] = [...(surroundings.interfaces?.keys() ?? [])].filter((name) => name !== 'lo')
  const taken = others.length === 0 ? (only ?? null) : null
  assume(run, {
    about: side === 'out' ? `the interface that leads to ${text}` : `the interface that packets from ${text} come by`,
    assumed: taken === null ? 'is none that a rule names' : `is ${taken}`,
    at: null,
    turn: `--${side}`,
  })
  return taken
}
