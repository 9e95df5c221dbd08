import type {Hop, NetnsHop, NodeHop, Outcome, ProxyHop, Trace, TraceBranch} from './trace.js'

/** One thing in which two ways differ. */
export interface Difference {
  /** Position of the hop in both ways, counted from 0; null for what concerns the whole way. */
  hop: number | null
  /** The place of the hop on either side: `proxy default/productpage-.. outbound`. */
  where: string
  /** The member that differs: `route`, `rules`, `outcome`. */
  member: string
  left: string | null
  right: string | null
}

/** The ways of one outcome on the left against those on the right. */
export interface BranchDifference {
  probability: {left: number; right: number}
  /** In the order of the journey: the first is where the ways part. */
  differences: Difference[]
}

export interface TraceDifference {
  same: boolean
  branches: BranchDifference[]
}

/** Where two traces part ways. Branches are paired by what they have in common, the longest common way first. */
export function difference(left: Trace, right: Trace): TraceDifference {
  const branches = pair(left.branches, right.branches).map(([a, b]) => ({
    probability: {left: a?.probability ?? 0, right: b?.probability ?? 0},
    differences: branchDifferences(a, b),
  }))
  const same = branches.every(
    ({probability, differences}) => differences.length === 0 && Math.abs(probability.left - probability.right) < 1e-9,
  )
  return {same, branches}
}

type Pair = [TraceBranch | null, TraceBranch | null]

function pair(left: readonly TraceBranch[], right: readonly TraceBranch[]): Pair[] {
  const candidates = left
    .flatMap((a) => right.map((b) => ({a, b, differences: branchDifferences(a, b).length})))
    .sort((x, y) => x.differences - y.differences)
  const taken = new Set<TraceBranch>()
  const pairs: Pair[] = []
  for (const {a, b} of candidates) {
    if (taken.has(a) || taken.has(b)) continue
    taken.add(a).add(b)
    pairs.push([a, b])
  }
  return [
    ...pairs,
    ...left.filter((a) => !taken.has(a)).map((a): Pair => [a, null]),
    ...right.filter((b) => !taken.has(b)).map((b): Pair => [null, b]),
  ]
}

function branchDifferences(left: TraceBranch | null, right: TraceBranch | null): Difference[] {
  const length = Math.max(left?.hops.length ?? 0, right?.hops.length ?? 0)
  const hops = Array.from({length}, (_, index) => hopDifferences(index, left?.hops[index], right?.hops[index])).flat()
  const [a, b] = [outcomeText(left?.outcome), outcomeText(right?.outcome)]
  return a === b ? hops : [...hops, {hop: null, where: 'the whole way', member: 'outcome', left: a, right: b}]
}

function hopDifferences(index: number, left: Hop | undefined, right: Hop | undefined): Difference[] {
  const [a, b] = [placeOf(left), placeOf(right)]
  if (left === undefined || right === undefined || a !== b)
    return [{hop: index, where: a ?? b ?? '', member: 'place', left: a, right: b}]
  const [before, after] = [membersOf(left), membersOf(right)]
  return Object.keys(before)
    .filter((member) => before[member] !== after[member])
    .map((member) => ({
      hop: index,
      where: a ?? '',
      member,
      left: before[member] ?? null,
      right: after[member] ?? null,
    }))
}

function placeOf(hop: Hop | undefined): string | null {
  switch (hop?.place) {
    case undefined:
      return null
    case 'app':
      return `app ${hop.pod ?? hop.host ?? hop.address ?? ''}`
    case 'netns':
      return `netns ${hop.pod} ${hop.crossing}`
    case 'node':
      return `node ${hop.node}`
    case 'proxy':
      return `proxy ${hop.pod}${hop.direction === null ? '' : ` ${hop.direction}`}`
  }
}

/** What can differ at one place, as text; in the order in which it is decided. */
function membersOf(hop: Hop): Record<string, string | null> {
  switch (hop.place) {
    case 'app':
      return {address: hop.address}
    case 'netns':
    case 'node':
      return ruleMembers(hop)
    case 'proxy':
      return proxyMembers(hop)
  }
}

/** What programs decided; those that only note something for others are the same on every way. */
function programsText(hop: NetnsHop | NodeHop): string | null {
  const ebpf = hop.place === 'netns' ? hop.ebpf : undefined
  if (ebpf === undefined || ebpf.programs.length === 0) return null
  return `${ebpf.programs.join(', ')}${ebpf.handedOver === true ? ' (bytes go from socket to socket)' : ''}`
}

const ruleMembers = (hop: NetnsHop | NodeHop): Record<string, string | null> => ({
  programs: programsText(hop),
  rules: hop.rules.join(', ') || null,
  verdict: hop.verdict,
  'redirected to': hop.redirectedTo,
})

/** What the proxy puts on the wire: certificates differ between captures, so only whether one is presented counts. */
function transportText(transport: ProxyHop['transport']): string | null {
  if (transport === null || transport.kind === 'plaintext') return transport?.kind ?? null
  if (transport.kind === 'unmodelled') return transport.type
  return transport.certificate === null ? 'TLS' : 'mTLS'
}

const proxyMembers = (hop: ProxyHop): Record<string, string | null> => ({
  listener: hop.listener,
  'filter chain': hop.filterChain && (hop.filterChain.name ?? `#${hop.filterChain.index}`),
  'virtual host': hop.virtualHost,
  route: hop.route && (hop.route.name ?? `#${hop.route.index}`),
  cluster: hop.cluster,
  endpoint: hop.endpoint,
  transport: transportText(hop.transport),
  path: hop.rewritten?.path ?? null,
  authority: hop.rewritten?.authority ?? null,
  outcome: outcomeText(hop.outcome),
})

function outcomeText(
  outcome: (Pick<Outcome, 'status' | 'responseFlags' | 'details'> & {kind: string; by?: Outcome['by']}) | undefined,
): string | null {
  if (outcome === undefined) return null
  const {kind, status, responseFlags, details, by} = outcome
  const flags = responseFlags === '-' ? null : responseFlags
  const place = by === undefined || by === null ? null : (by.pod ?? by.address)
  return [kind, status, flags, details, place].filter((part) => part !== null).join(' ')
}
