import type {Step} from '../../decision/step.js'
import type {Hop, TraceBranch} from '../../trace/trace.js'
import type {Remedy} from '../remedy/remedy.js'
import type {Line} from '../styled.js'

/** A service as far as the capture tells. */
export interface ServiceInCapture {
  /** `namespace/name`. */
  name: string
  addresses: string[]
  ports?: number[]
  /** The labels of the pods that it selects: `app=reviews`. */
  selector?: string | null
  /** Pods of the capture that have these labels, `namespace/name`. */
  selected?: string[]
}

/** What the capture says of a pod beside the trace. */
export interface PodInCapture {
  /** It has a sidecar, or is a gateway. */
  hasEnvoy: boolean
  /** Only its Envoy is part of the mesh: no rules redirect what else runs in it. */
  isGateway?: boolean
  /** How many netfilter rules were captured in it; null where no listing of them was. */
  rules: number | null
  /** TCP sockets that listen, `127.0.0.1:9080`; null where they were not captured. */
  listens: string[] | null
  annotations: Record<string, string>
}

/** What the capture says beside the trace: names for addresses. All of it may be empty. */
export interface CaptureFacts {
  /** What a user knows the capture by, or null. */
  title: string | null
  /** ISO time of the capture, or null. */
  capturedAt: string | null
  services: ServiceInCapture[]
  /** What the capture says of the pod `namespace/name`; null for one that it does not have. */
  pod?: (name: string) => PodInCapture | null
  /** The configuration at a step's place; what it says of the Kubernetes object that it was made from is told. */
  source?: (at: string, hop: Hop) => unknown
  /** The file in the capture that holds an object of the mesh, `VirtualService`, `default/reviews`; null where it was not captured. */
  objectFile?: (kind: string, name: string) => string | null
}

export const noFacts: CaptureFacts = {title: null, capturedAt: null, services: []}

/** One thing that happened in a hop: what, why, and the name under which the rule is found in the cluster. */
export interface Sentence {
  /** Short word for the kind of thing (`listener`, `route`, `rules`), stable for tests and trees. */
  topic: string
  /** The thing itself, short: a name, an address. */
  subject: string
  what: Line
  /** Why, in words; null where the `what` says it all. */
  why: string | null
  /** The rule's own name, or what decided, to be shown beside. */
  beside: string | null
  failed: boolean
  /** Says how it was found rather than where it goes: left out of the summary. */
  minor: boolean
  step: Step | null
  /** The object that the configuration says it was made from: `VirtualService default/reviews`; null where it does not. */
  madeBy: string | null
  /** Where the source stands: a JSONPath in the dump, or a rule's name; null for none. */
  at: string | null
}

/** One hop, with its number on the way. */
export interface HopStory {
  number: number
  /** `app`, `netns`, `node`, `envoy out`, `envoy in`, `envoy`. */
  label: string
  hop: Hop
  failed: boolean
  sentences: Sentence[]
}

/** The hops of one pod, node or host that follow each other. */
export interface PlaceStory {
  name: string
  /** `client`, `server`, `gateway`, `client and server`, `node`, `outside the mesh`; empty where there is nothing to say. */
  role: string
  hops: HopStory[]
}

export interface BranchStory {
  branch: TraceBranch
  /** How it ends, as a headline. */
  headline: Line
  /** The same in a few words, for lists of branches. */
  ending: string
  places: PlaceStory[]
  /** Null where nothing failed. */
  remedy: Remedy | null
  /** What the request never came to, or null. */
  notReached: string | null
}

/** A trace told: everything a view shows of it, except the candidates, which stand in the steps. */
export interface Story {
  request: Line
  from: Line
  branches: BranchStory[]
}
