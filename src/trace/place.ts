import type {Assumption} from '../decision/assumption.js'
import type {MosnDump} from '../mosn/parse/dump.js'
import type {Environment} from '../netfilter/environment.js'
import type {Ruleset} from '../netfilter/ruleset.js'
import type {PodFacts} from '../snapshot/snapshot.js'
import type {Proxy} from '../xds/proxy.js'
import type {PlaceHooks} from './place-hooks.js'
import type {Resolver} from './resolver.js'

/** A network namespace of the mesh with what lives in it: rules, addresses, sockets, and a proxy where there is one. */
export interface Place {
  kind: 'pod' | 'node' | 'host'
  /** `namespace/name` of a pod, a node's or a host's name. */
  name: string
  /** What the snapshot says of the pod; null for nodes and hosts. */
  facts: PodFacts | null
  environment: Environment
  rulesets: readonly Ruleset[]
  /** Null where no configuration dump was captured. */
  proxy: Proxy | null
  /** The proxy where it is a MOSN; then `proxy` is null. */
  mosn?: MosnDump
  /** The configuration dump as captured, into which every `at` of the proxy's steps points; undefined without one. */
  document: unknown
  /** eBPF programs that see its connections; null where none that is known was captured. */
  hooks: PlaceHooks | null
  /** A registry gives its app the proxy's address for services, and others the proxy's port; absent: no. */
  takenOver?: boolean
  /** What the capture of this place lacks, and what is supposed instead. */
  gaps: Assumption[]
  /** How its processes turn names into addresses; null where a file was not captured. */
  names: {hosts: ReadonlyMap<string, readonly string[]> | null; resolver: Resolver | null}
}

/** A process by this name is the proxy, whether or not its configuration was captured. */
export const isProxyProcess = (name: string | null | undefined): boolean => name === 'envoy' || name === 'mosn'

/** User and group that the proxy of a pod runs as. Istio's injection takes 1337 for both unless the capture says otherwise. */
export const proxyOwner = (place: Place): {uid: number; gid: number} => ({
  uid: place.facts?.proxyUid ?? 1337,
  gid: place.facts?.proxyGid ?? 1337,
})
