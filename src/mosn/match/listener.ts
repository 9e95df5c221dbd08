import {parseIpAddress, unmapped} from '../../address/ip-address.js'
import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {type Check, check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {MosnDump} from '../parse/dump.js'
import type {MosnListener} from '../parse/listener.js'
import type {Direction, MosnRequest, Suppositions} from './request.js'

const wildcardIps = new Set(['0.0.0.0', '::', ''])

/** A listening socket of Go on any address takes both families. */
export const isWildcard = (ip: string): boolean => wildcardIps.has(ip)

const sameIp = (a: string, b: string): boolean => {
  const [x, y] = [parseIpAddress(a), parseIpAddress(b)]
  if (x === null || y === null) return a === b
  const [m, n] = [unmapped(x), unmapped(y)]
  return m.version === n.version && m.value === n.value
}

/** The listener whose own socket accepts a connection to `address`: the exact address before any. */
export function boundListener({listeners}: MosnDump, address: SocketAddress): MosnListener | null {
  const open = listeners.filter(
    ({bindPort, network, socket}) => bindPort && network === 'tcp' && socket?.port === address.port,
  )
  return (
    open.find(({socket}) => socket !== null && sameIp(socket.ip, address.ip)) ??
    open.find(({socket}) => socket !== null && isWildcard(socket.ip)) ??
    null
  )
}

const entryNames = {outbound: 'virtualOutbound', inbound: 'virtualInbound'} as const
const entryTypes = {outbound: 'egress', inbound: 'ingress'} as const

/**
 * The listener that redirected connections come to: Istio's, by its name, else the only one of that direction that asks for the
 * original destination, else the only one that asks.
 */
export function entryListener({listeners}: MosnDump, direction: Exclude<Direction, 'direct'>): MosnListener | null {
  const asking = listeners.filter(({bindPort, originalDestination}) => bindPort && originalDestination !== null)
  const named = asking.find(({name}) => name === entryNames[direction])
  if (named) return named
  const others = asking.filter(({name}) => name !== 'virtualOutbound' && name !== 'virtualInbound')
  const typed = others.filter(({raw}) => raw['type'] === entryTypes[direction])
  const [only, second] = typed.length > 0 ? typed : others
  return second === undefined ? (only ?? asking.find((_, __, all) => all.length === 1) ?? null) : null
}

/** By which way a connection to `socket` enters; null where no listener holds that socket. */
export function entranceAt(dump: MosnDump, socket: SocketAddress): Direction | null {
  const found = boundListener(dump, socket)
  if (found === null) return null
  if (found.originalDestination === null) return 'direct'
  return found === entryListener(dump, 'inbound') && found !== entryListener(dump, 'outbound') ? 'inbound' : 'outbound'
}

/** Where a connection arrived, and the listener that takes it on. */
export interface Arrival {
  accepting: MosnListener
  listener: MosnListener
  /** What ORIGINAL_DST clusters connect to; null where it was not asked for, or could not be had. */
  originalDestination: SocketAddress | null
  steps: Step[]
  assumptions: Assumption[]
}

/** The listener of a request; a step alone where nothing accepts it. */
export function arrive(
  dump: MosnDump,
  request: MosnRequest,
  suppositions: Suppositions,
): Arrival | {refusal: Step; unknown: boolean} {
  const {direction, dst, acceptedAt} = request
  const accepting =
    direction === 'direct'
      ? boundListener(dump, dst)
      : acceptedAt === undefined
        ? entryListener(dump, direction)
        : boundListener(dump, acceptedAt)
  if (accepting === null) return {refusal: noListener(dump, request), unknown: direction !== 'direct'}
  const step = acceptingStep(accepting, request)
  if (accepting.originalDestination === null)
    return {accepting, listener: accepting, originalDestination: null, steps: [step], assumptions: []}
  return handOff(dump, accepting, request, step, suppositions)
}

const acceptingStep = (listener: MosnListener, {direction, dst}: MosnRequest): Step => ({
  at: listener.at,
  level: 'listener',
  decided: listener.name,
  because: [
    direction === 'direct'
      ? check('address', listener.address, formatSocketAddress(dst), true)
      : check('use_original_dst', 'redirect or tproxy', listener.originalDestination ?? '(none)', true),
  ],
  passedOver: [],
})

const noListener = ({listeners}: MosnDump, {direction, dst}: MosnRequest): Step => ({
  at: '$',
  level: 'listener',
  decided: null,
  because: [],
  passedOver: listeners.map((listener) => ({
    at: listener.at,
    name: listener.name,
    check:
      direction !== 'direct'
        ? check('use_original_dst', direction, listener.originalDestination ?? '(none)', 'no')
        : listener.bindPort
          ? check('address', listener.address, formatSocketAddress(dst), 'no')
          : check('bind_port', 'true', 'false', 'no'),
  })),
})

/** The look-up by original destination: the exact address, the last on any address (127.0.0.1 where so configured), else itself. */
function handOff(
  dump: MosnDump,
  accepting: MosnListener,
  {direction, dst}: MosnRequest,
  step: Step,
  suppositions: Suppositions,
): Arrival {
  const assumptions = destinationAssumptions(accepting, direction, suppositions)
  if (suppositions['original_dst'] === 'unknown')
    return {
      accepting,
      listener: accepting,
      originalDestination: null,
      steps: [step, failedStep(accepting)],
      assumptions,
    }
  const fallbackIp = accepting.fallbackToLocal ? '127.0.0.1' : '0.0.0.0'
  const exact = dump.listeners.find(({lookupIp, port}) => lookupIp === dst.ip && port === dst.port)
  const fallbacks = dump.listeners.filter(({lookupIp, port}) => lookupIp === fallbackIp && port === dst.port)
  const listener = exact ?? fallbacks.at(-1) ?? accepting
  const ambiguous = exact === undefined && fallbacks.length > 1 && !dump.ordered
  return {
    accepting,
    listener,
    originalDestination: dst,
    steps: [step, handOffStep(dump, accepting, listener, dst, fallbackIp)],
    assumptions: ambiguous ? [...assumptions, lostOrder(fallbacks, listener)] : assumptions,
  }
}

function handOffStep(
  dump: MosnDump,
  accepting: MosnListener,
  listener: MosnListener,
  dst: SocketAddress,
  fallbackIp: string,
): Step {
  const shown = formatSocketAddress(dst)
  const why: Check =
    listener === accepting && !(listener.lookupIp === dst.ip && listener.port === dst.port)
      ? check('original destination', 'a listener of its own', `${shown}: none, so the accepting one`, true)
      : check('original destination', listener.address, shown, true)
  return {
    at: listener.at,
    level: 'hand-off',
    decided: listener.name,
    because: [why],
    passedOver: dump.listeners
      .filter((other) => other !== listener && other !== accepting)
      .map((other): PassedOver => {
        const isFallback = other.lookupIp === fallbackIp && other.port === dst.port
        const failed = check('original destination', other.address, shown, isFallback)
        return {at: other.at, name: other.name, check: failed}
      }),
  }
}

const failedStep = (accepting: MosnListener): Step => ({
  at: accepting.at,
  level: 'hand-off',
  decided: accepting.name,
  because: [check('original destination', 'an address', 'SO_ORIGINAL_DST fails: the accepting listener goes on', true)],
  passedOver: [],
})

/** A connection that was not redirected has an original destination only where the kernel tracks it. */
function destinationAssumptions(
  accepting: MosnListener,
  direction: Direction,
  suppositions: Suppositions,
): Assumption[] {
  if (accepting.originalDestination === 'tproxy') return []
  const fails = suppositions['original_dst'] === 'unknown'
  if (direction !== 'direct' && !fails) return []
  return [
    {
      about: `SO_ORIGINAL_DST at ${accepting.address}`,
      assumed: fails
        ? 'it fails'
        : 'the kernel tracks the connection, and names the very address that was connected to',
      at: accepting.at,
      turn: `--assume original_dst=${fails ? 'known' : 'unknown'}`,
    },
  ]
}

const lostOrder = (candidates: readonly MosnListener[], taken: MosnListener): Assumption => ({
  about: `which of ${candidates.map(({name}) => name).join(', ')} stands last in the configuration`,
  assumed: `${taken.name}: MOSN takes the last, but a dump does not keep the order`,
  at: taken.at,
  turn: null,
})
