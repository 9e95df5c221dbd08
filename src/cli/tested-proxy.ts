import {parseSocketAddress} from '../address/socket-address.js'
import {DataError, UsageError} from '../errors.js'
import {readTextFile} from '../sources/test-file.js'
import type {TestSetting} from '../xds/check/parse-file.js'
import type {Suite} from '../xds/check/report.js'
import type {RouteTest} from '../xds/check/route-test.js'
import {toolAddress, toolProxy} from '../xds/check/router-check/tool-proxy.js'
import type {Direction, Suppositions} from '../xds/match/request.js'
import type {Proxy as Envoy} from '../xds/proxy.js'
import {openProxy, type ProxySourceFlags} from './proxy-source.js'

interface TestedFlags extends ProxySourceFlags {
  'route-config'?: string | undefined
  dst?: string | undefined
  direction?: Direction | undefined
}

/** What the cases are put to. */
export interface Tested extends TestSetting {
  warnings: readonly string[]
  /** The Envoy of each of these cases, and with null the one whose coverage counts. @throws DataError */
  envoysFor: (suites: readonly Suite<RouteTest>[]) => (test: RouteTest | null) => Envoy
}

/** Opens the Envoy, or the bare RouteConfiguration, that the flags name. @throws UsageError, SourceError, DataError */
export async function openTested(flags: TestedFlags, suppositions: Suppositions): Promise<Tested> {
  const {dst, direction} = flags
  if (dst !== undefined && !parseSocketAddress(dst)) throw new UsageError('is no IP:PORT', `--dst ${dst}`)
  const defaults = {...(dst === undefined ? {} : {dst}), ...(direction === undefined ? {} : {direction})}
  if (flags['route-config'] !== undefined) {
    if (dst !== undefined || direction !== undefined)
      throw new UsageError('--route-config has one entrance', 'test', 'Leave out --dst and --direction')
    const envoysFor = await openRouteConfig(flags['route-config'])
    const lookup = () => undefined
    return {warnings: [], lookup, suppositions, defaults: {dst: toolAddress}, envoysFor}
  }
  const {proxy, snapshot} = await openProxy(flags)
  const hosts = snapshot?.document.hosts ?? {}
  return {
    warnings: proxy.dump.warnings,
    lookup: (host) => hosts[host]?.[0],
    suppositions,
    defaults,
    envoysFor: () => (test) => {
      if (test?.preset?.runtime)
        throw new DataError(
          'input.runtime can be set with --route-config alone',
          test.name,
          'Leave it out of the input',
        )
      return proxy
    },
  }
}

/** Cases with the same preset share an Envoy. */
async function openRouteConfig(path: string): Promise<Tested['envoysFor']> {
  const [{fromYaml}, {name, text}] = await Promise.all([import('./yaml.js'), readTextFile(path)])
  const config = fromYaml(text, name)
  return (suites) => {
    const named = suites.flatMap(({tests}) => tests.flatMap(({preset}) => preset?.namedByRequest ?? []))
    const envoys = new Map<string, Envoy>()
    return (test) => {
      const preset = test?.preset ?? null
      const key = preset === null ? '' : `${preset.random} ${preset.runtime}`
      const envoy = envoys.get(key) ?? toolProxy(config, name, named, preset)
      envoys.set(key, envoy)
      return envoy
    }
  }
}
