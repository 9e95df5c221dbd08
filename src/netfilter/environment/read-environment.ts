import {DataError} from '../../errors.js'
import type {Environment} from '../environment.js'
import {readInterfaces} from './ip-addr.js'
import {ipRouteLines, ipRuleLines} from './ip-json.js'
import {readListeners} from './ss.js'

/** What was captured beside the rules, as text: `ip -j addr|rule|route` or the same without `-j`, `ss -lntup`, `sysctl -a`, `ipset save`. */
export interface EnvironmentTexts {
  ipAddr?: string | null
  ipRule?: string | null
  ipRoute?: string | null
  ss?: string | null
  sysctl?: string | null
  ipset?: string | null
}

/** Reads captured files; what was not captured stays unknown. Throws a DataError for a file that is something else. */
export function readEnvironment(texts: EnvironmentTexts): Environment {
  const environment: Environment = {}
  if (texts.ipAddr) environment.interfaces = readInterfaces(texts.ipAddr)
  if (texts.ipRule) environment.ipRules = ipRuleLines(texts.ipRule)
  if (texts.ipRoute) environment.ipRoutes = ipRouteLines(texts.ipRoute)
  if (texts.ss) environment.listeners = readListeners(texts.ss)
  if (texts.sysctl) environment.sysctl = readSysctl(texts.sysctl)
  if (texts.ipset) environment.ipsets = texts.ipset
  return environment
}

/** The environment of a pod, node or process, by the names that its files have in a snapshot. `where` names the place in errors. */
export function readPlaceEnvironment(text: (file: string) => string | null, where: string): Environment {
  const environment: Environment = {}
  const readings: readonly [string, keyof EnvironmentTexts][] = [
    ['ip-addr.json', 'ipAddr'],
    ['ip-rule.json', 'ipRule'],
    ['ip-route.json', 'ipRoute'],
    ['ss-lntup.txt', 'ss'],
    ['sysctl.txt', 'sysctl'],
    ['ipset.txt', 'ipset'],
  ]
  for (const [file, member] of readings) {
    try {
      Object.assign(environment, readEnvironment({[member]: text(file)}))
    } catch (error) {
      throw error instanceof DataError ? new DataError(error.failure.what, `${where}/${file}`) : error
    }
  }
  return environment
}

/** `name = value` lines; those that are no number say nothing to us. */
function readSysctl(text: string): Record<string, number> {
  const entries = [...text.matchAll(/^(\S+)\s*=\s*(-?\d+)\s*$/gm)]
  return Object.fromEntries(entries.map(([, name = '', value]) => [name, Number(value)]))
}
