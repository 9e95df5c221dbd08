import {formatSocketAddress} from '../address/socket-address.js'
import type {Assumption} from '../decision/assumption.js'
import {type Check, check} from '../decision/check.js'
import type {Step} from '../decision/step.js'
import type {JsonObject} from '../mosn/json.js'
import type {MosnBranch} from '../mosn/match/result.js'
import type {MosnDump} from '../mosn/parse/dump.js'
import type {Arrival} from './proxy.js'

/** What dumps prove of a registry that traffic was taken over by, and what had to be supposed. */
export interface RegistryFindings {
  steps: Step[]
  assumptions: Assumption[]
}

const nothing: RegistryFindings = {steps: [], assumptions: []}

const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1'

/**
 * Takeover by a service registry: the caller's app is told the address of its own MOSN on loopback, and the registry lists the port of
 * the provider's MOSN in place of the app's. Dumps show the listeners and hosts; what the registry answered is in none of them.
 */
export function registryFindings(dump: MosnDump, arrival: Arrival, branch: MosnBranch): RegistryFindings {
  const {socket, original} = arrival
  const straight = !arrival.redirected && formatSocketAddress(socket) === formatSocketAddress(original)
  const listener = dump.listeners.find(({name}) => name === branch.listener)
  if (!straight || listener === undefined || listener.originalDestination !== null) return nothing
  const what = serviceOf(arrival)
  if (!arrival.fromWire && isLoopback(socket.ip)) return callersSide(arrival, branch, what, listener.at)
  const local = branch.endpoints.find(({address}) => isLoopback(address.replace(/:\d+$/, '')))
  if (!arrival.fromWire || local === undefined) return nothing
  return providersSide(dump, arrival, local.address, what, listener.at)
}

const serviceOf = ({payload}: Arrival): string => (payload.rpc ? `service ${payload.rpc.service}` : 'the service')

/** The caller's app connects to a port of its own MOSN: somebody told it that address. */
function callersSide({socket, place}: Arrival, branch: MosnBranch, what: string, at: string): RegistryFindings {
  const address = formatSocketAddress(socket)
  const answered = `registry’s answer for ${what}`
  return {
    steps: [
      stepOf(at, address, [
        check('listener of the caller’s MOSN', address, branch.listener ?? '', true),
        check(answered, address, '(in no dump)', 'unknown'),
      ]),
    ],
    assumptions: [
      {
        about: `${answered} to the app of ${place.name}`,
        assumed: `${address}: the dump shows that its MOSN listens there, not what the registry said`,
        at,
        turn: null,
      },
    ],
  }
}

/** The provider's MOSN takes a call for its app: the registry lists its port. */
function providersSide(
  dump: MosnDump,
  {socket, place}: Arrival,
  app: string,
  what: string,
  at: string,
): RegistryFindings {
  const address = formatSocketAddress(socket)
  const listed = `registry’s entry for ${what}`
  const registered = registeredPort(dump.extensions)
  const proof =
    registered === null
      ? []
      : [check('dubbo_registry server_port', String(socket.port), String(registered), registered === socket.port)]
  const proved = registered === socket.port
  const entry = check(
    listed,
    address,
    proved ? `${address}, as dubbo_registry registers` : '(in no dump)',
    proved ? 'yes' : 'unknown',
  )
  return {
    steps: [stepOf(at, address, [check('host of the provider’s MOSN', app, 'its own app', true), ...proof, entry])],
    assumptions: proved
      ? []
      : [
          {
            about: `${listed}, which ${place.name} provides`,
            assumed: `${address} in place of the app’s own ${app}: the dump shows that its MOSN listens there and sends there, not what is registered`,
            at,
            turn: null,
          },
        ],
  }
}

const stepOf = (at: string, decided: string, because: Check[]): Step => ({
  at,
  level: 'registry',
  decided,
  because,
  passedOver: [],
})

/** MOSN's own Dubbo registry registers `dubbo://<its ip>:<server_port>/<interface>` in place of what the app says. */
function registeredPort(extensions: readonly JsonObject[]): number | null {
  for (const {type, config} of extensions) {
    if (type !== 'dubbo_registry' || typeof config !== 'object' || config === null) continue
    const enabled: unknown = Reflect.get(config, 'enable')
    const port: unknown = Reflect.get(config, 'server_port')
    if (enabled === true && typeof port === 'number') return port
  }
  return null
}
