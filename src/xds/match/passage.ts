import type {Assumption} from '../../decision/assumption.js'
import type {Step} from '../../decision/step.js'
import type {JsonObject} from '../parse/field.js'
import type {Draw} from './draw.js'
import type {MetadataNamespace} from './metadata-matcher.js'
import type {Note} from './result.js'
import type {Selection} from './route-selection.js'
import type {RoutedRequest} from './routed-request.js'
import type {FilterState} from './stream-state.js'

/** A request on one of its ways through the connection manager. Never changed in place. */
export interface Passage {
  request: RoutedRequest
  /** What the request's random value has to satisfy on this way. */
  draws: readonly Draw[]
  /** Probability of everything else that chance decided on this way. */
  chance: number
  selection: Selection
  /** Dynamic metadata that filters certainly wrote, by namespace. */
  metadata: Readonly<Record<string, JsonObject>>
  /** Namespaces that filters may have written without our knowing; `*` stands for all. */
  opaque: readonly string[]
  /** Filter state that filters certainly set, and what the connection brought. */
  filterState: FilterState
  /** Headers that are certainly there with a value that only the running system knows. */
  unknownHeaders: readonly string[]
  assumptions: readonly Assumption[]
  notes: readonly Note[]
  steps: readonly Step[]
}

/** Dynamic metadata of one namespace as matchers see it. */
export function metadataOf(passage: Pick<Passage, 'metadata' | 'opaque'>, namespace: string): MetadataNamespace {
  return (
    passage.metadata[namespace] ??
    (passage.opaque.some((name) => name === '*' || name === namespace) ? 'unknown' : null)
  )
}

/** The passage with these values written into a namespace. */
export const withMetadata = (passage: Passage, namespace: string, values: JsonObject): Passage => ({
  ...passage,
  metadata: {...passage.metadata, [namespace]: {...passage.metadata[namespace], ...values}},
})

export const withAssumption = (passage: Passage, assumption: Assumption): Passage => ({
  ...passage,
  assumptions: [...passage.assumptions, assumption],
})

export const withNote = (passage: Passage, note: Note): Passage => ({...passage, notes: [...passage.notes, note]})
