import {type ProxyState, type ResourceKind, versionTime} from './proxy-state.js'

/** A kind of resource of which a peer has a newer version. */
export interface Lag {
  kind: ResourceKind
  version: string
  /** The newest version that a peer has. */
  newest: string
  /** The peer that has it. */
  peer: string
  seconds: number
}

/** How a proxy stands, the gravest first. */
export type Standing = 'rejected' | 'stale' | 'warming' | 'synced' | 'static'

export interface Judged {
  standing: Standing
  behind: Lag[]
}

/**
 * Replicas of a control plane number their pushes each for themselves, and make them some seconds apart: only who is further behind than this is
 * called stale.
 */
export const toleranceSeconds = 60

/** Kinds whose versions are those of a push to all: a secret has one of its own, and endpoints may be sent alone. */
const pushed: readonly ResourceKind[] = ['listeners', 'clusters', 'routes']

/**
 * Holds every proxy against those that ask the same control plane. Versions whose form tells no time are not compared: that they differ says
 * nothing of which is older.
 */
export function judge(proxies: ReadonlyMap<string, ProxyState>): Map<string, Judged> {
  const all = [...proxies]
  return new Map(
    all.map(([name, state]) => {
      const behind = pushed.flatMap((kind) => lagOf(kind, state, all) ?? [])
      return [name, {standing: standingOf(state, behind), behind}]
    }),
  )
}

function lagOf(kind: ResourceKind, own: ProxyState, all: readonly (readonly [string, ProxyState])[]): Lag | null {
  const version = own.versions[kind]
  const time = versionTime(version)
  if (version === null || time === null) return null
  let lag: Lag | null = null
  for (const [peer, state] of all) {
    const newest = state.versions[kind]
    const theirs = versionTime(newest)
    if (state.controlPlane !== own.controlPlane || newest === null || theirs === null) continue
    const seconds = (theirs - time) / 1000
    if (seconds > Math.max(toleranceSeconds, lag?.seconds ?? 0)) lag = {kind, version, newest, peer, seconds}
  }
  return lag
}

function standingOf({rejected, warming, versions}: ProxyState, behind: readonly Lag[]): Standing {
  if (rejected.length > 0) return 'rejected'
  if (behind.length > 0) return 'stale'
  if (warming.length > 0) return 'warming'
  return Object.values(versions).every((version) => version === null) ? 'static' : 'synced'
}
