import {randomBytes} from 'node:crypto'
import type {PodFacts} from '../../../snapshot/snapshot.js'
import type {PlaceFiles} from '../../capture/place.js'
import type {ToolRun} from '../../tool.js'
import type {Cluster, PodRef} from '../cluster.js'
import type {JsonObject} from '../json.js'

/** What is asked of a way to a pod's rules. */
export interface RulesQuestion {
  cluster: Cluster
  pod: PodRef
  object: JsonObject
  /** How messages call the pod. */
  where: string
  options: RulesOptions
}

/** One way to a pod's rules. @throws SourceError where it does not lead to them */
export type RulesWay = (question: RulesQuestion) => Promise<PlaceFiles>

/** What may be done to have the rules of a pod, and by what means. Without the flags nothing in the cluster is changed. */
export interface RulesOptions {
  /** Add an ephemeral container to the pod, which stays in its spec. */
  debugContainer?: boolean | undefined
  /** Start a privileged pod on the node, which is removed again. */
  debugNode?: boolean | undefined
  /** Image of both, with iptables, nft, ip, ss, sysctl, and for the node nsenter and find. */
  debugImage?: string | undefined
  /** Only ways that show what is there now, with its counters. */
  presentOnly?: boolean | undefined
  /** The files of the rules that Istio would write for a pod, where nobody can read them; null where it would write none. */
  derive?: ((pod: PodFacts, command: string | null) => Record<string, string> | null) | undefined
  /** Told what was changed in the cluster. */
  note?: ((text: string) => void) | undefined
  /** How the programs of this machine are run. */
  run?: ToolRun | undefined
  timing?: Timing | undefined
}

/** How long things that take their time in a cluster are waited for. */
export interface Timing {
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  /** Between two looks. */
  everyMs: number
  timeoutMs: number
}

export const usualTiming: Timing = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  everyMs: 300,
  timeoutMs: 60_000,
}

/** An image that has the tools. */
export const usualDebugImage = 'nicolaka/netshoot:v0.13'

/** A name that nobody else has. */
export const uniqueName = (): string => `sidetrace-${randomBytes(4).toString('hex')}`

/** Seconds after which a container of ours ends by itself, whatever became of us. */
export const longestLife = 600
