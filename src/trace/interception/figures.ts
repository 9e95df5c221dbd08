import type {Mesh} from '../mesh.js'
import type {Place} from '../place.js'
import type {Hop, TraceBranch} from '../trace.js'

/** One connection of a way, from the socket that opens it to the one that accepts it. */
export interface ConnectionFigures {
  /** `app default/sleep`, `proxy default/reviews`; `wire` where it ends before a socket. */
  from: string
  to: string
  /** How often a message of it goes through the network stack: out and in, or not at all where sockets hand it over. */
  stackPasses: number
  /** Entries that connection tracking makes for it in the pods' namespaces, and on nodes. */
  conntrack: number
  conntrackOnNodes: number
  handedOver: boolean
}

export interface Figures {
  connections: ConnectionFigures[]
  /** Per message, one way, over all connections. */
  stackPasses: number
  conntrack: number
  conntrackOnNodes: number
}

const nameOf = (hop: Hop): string => {
  if (hop.place === 'app') return `app ${hop.pod ?? hop.host ?? hop.address ?? ''}`
  return hop.place === 'proxy' ? `proxy ${hop.pod}` : 'wire'
}

/** Counts what a way costs, from its hops and from what its namespaces track. */
export function figuresOf(mesh: Mesh, {hops}: TraceBranch): Figures {
  const ends = hops.flatMap((hop, index) => (hop.place === 'app' || hop.place === 'proxy' ? [index] : []))
  const segments = ends.flatMap((start, index) => {
    const end = ends[index + 1] ?? hops.length
    const between = hops.slice(start + 1, end)
    return between.length === 0 ? [] : [connection(mesh, hops[start], between, hops[end])]
  })
  const sum = (count: (figures: ConnectionFigures) => number): number =>
    segments.reduce((total, each) => total + count(each), 0)
  return {
    connections: segments,
    stackPasses: sum((each) => each.stackPasses),
    conntrack: sum((each) => each.conntrack),
    conntrackOnNodes: sum((each) => each.conntrackOnNodes),
  }
}

const versionOf = ({entered}: Extract<Hop, {place: 'netns' | 'node'}>): 4 | 6 => (entered.dst.includes(':') ? 6 : 4)

function connection(
  mesh: Mesh,
  from: Hop | undefined,
  between: readonly Hop[],
  to: Hop | undefined,
): ConnectionFigures {
  const handedOver = between.some((hop) => hop.place === 'netns' && hop.ebpf?.handedOver === true)
  const inPods = between.filter(
    (hop) => hop.place === 'netns' && hop.left.ctstate !== 'UNTRACKED' && tracks(mesh.pod(hop.pod), versionOf(hop)),
  )
  // A packet that a bridge passed on is not put to the node's rules.
  const onNodes = between.filter(
    (hop) => hop.place === 'node' && hop.rules.length > 0 && tracks(mesh.node(hop.node), versionOf(hop)),
  )
  return {
    from: from === undefined ? 'wire' : nameOf(from),
    to: to === undefined ? 'wire' : nameOf(to),
    stackPasses: handedOver ? 0 : 2,
    conntrack: inPods.length,
    conntrackOnNodes: onNodes.length,
    handedOver,
  }
}

/**
 * Whether a namespace tracks connections of an IP version. Kernel: conntrack's hooks are registered by the first rule that asks
 * for a connection or changes addresses (nf_ct_netns_get, for each family); a nat chain without one makes no entry.
 */
export function tracks(place: Pick<Place, 'rulesets'> | null, version: 4 | 6): boolean {
  const families = version === 6 ? ['ip6', 'inet'] : ['ip', 'inet']
  return (
    place?.rulesets.some(({tables}) =>
      tables.some(
        ({family, chains}) =>
          families.includes(family) &&
          chains.some(({rules}) => rules.some(({statements}) => statements.some(asksConnection))),
      ),
    ) ?? false
  )
}

type Statement = Place['rulesets'][number]['tables'][number]['chains'][number]['rules'][number]['statements'][number]

function asksConnection(statement: Statement): boolean {
  switch (statement.kind) {
    case 'conntrack':
    case 'copy-mark':
    case 'ct-template':
    case 'redirect':
    case 'nat':
    case 'nat-map':
    case 'netmap':
    case 'masquerade':
      return true
    case 'mark':
    case 'set-mark':
      return statement.of === 'connection'
    case 'compare':
      return statement.left.kind === 'ct'
    case 'mangle':
      return statement.key.kind === 'ct' || statement.value.kind === 'ct'
    default:
      return false
  }
}
