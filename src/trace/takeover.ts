import {entryListener} from '../xds/match/listener.js'
import type {Departure} from './journey.js'
import type {Mesh} from './mesh.js'
import type {Place} from './place.js'

/**
 * A connection to what a registry names: the app finds its own proxy under the service's name, and the proxy finds the
 * provider's proxy. Only what is registered is found so: services and pods of the snapshot that are taken over themselves.
 */
export function throughRegistry(mesh: Mesh, departure: Departure): Departure {
  const {place, from, destination} = departure
  if (place.takenOver !== true || !isRegistered(mesh, destination.ip)) return departure
  const target = from === 'app' ? place : mesh.byAddress(destination.ip)
  const port = target === null || (from === 'proxy' && target.name === place.name) ? null : portOf(target, from)
  if (port === null) return departure
  const ip = from === 'app' ? '127.0.0.1' : destination.ip
  return {...departure, destination: {ip, port}, meant: destination}
}

function isRegistered(mesh: Mesh, ip: string): boolean {
  const service = mesh.service(ip)
  const providers = service === null ? [ip] : (service.endpoints ?? []).map((endpoint) => endpoint.ip)
  return providers.some((provider) => mesh.byAddress(provider)?.takenOver === true)
}

function portOf({proxy, takenOver}: Place, from: 'app' | 'proxy'): number | null {
  if (proxy === null || takenOver !== true) return null
  const entry = entryListener(proxy.dump, from === 'app' ? 'outbound' : 'inbound')
  const [address] = entry?.addresses ?? []
  return address?.address.port ?? null
}
