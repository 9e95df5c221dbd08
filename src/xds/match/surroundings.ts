import {guardIsOn} from '../parse/config-dump.js'
import type {Proxy as Envoy} from '../proxy.js'

/** What compiling a configuration needs to know of the Envoy that runs it. */
export interface Surroundings {
  envoy: Envoy
  /** Repeated header lines are matched joined by commas: Envoy before 1.39, or its guard switched off. */
  joinsRouteHeaders: boolean
  joinsRbacHeaders: boolean
}

const surroundings = new WeakMap<Envoy, Surroundings>()
const matchedOneByOneSince = {major: 1, minor: 39}

export function surroundingsOf(envoy: Envoy): Surroundings {
  let known = surroundings.get(envoy)
  if (!known) {
    const {dump} = envoy
    const joins = (guard: string) => !guardIsOn(dump, `envoy.reloadable_features.${guard}`, matchedOneByOneSince)
    known = {
      envoy,
      joinsRouteHeaders: joins('match_headers_individually'),
      joinsRbacHeaders: joins('rbac_match_headers_individually'),
    }
    surroundings.set(envoy, known)
  }
  return known
}
