import type {SnapshotDocument} from '../../snapshot/snapshot.js'
import type {AdminPoint} from '../admin-point.js'
import type {SnapshotFile} from '../write-snapshot.js'

/** What was read of a network namespace, in the files that a place's folder has. */
export interface PlaceFiles {
  files: Readonly<Record<string, string>>
  /** By which way they came, for people. */
  way: string
  /** What could not be read, and why. */
  warnings: readonly string[]
}

/** A pod or node to be captured, and how its parts are had. */
export interface CapturePlace {
  /** Inside the snapshot: `pods/default/reviews-v1`, `nodes/node1`. */
  folder: string
  /** Null where there is no Envoy. */
  admin: AdminPoint | null
  /** Reads rules, addresses, routes and sockets; null where nobody can. @throws SourceError */
  rules: (() => Promise<PlaceFiles>) | null
}

/** All that a capture is made of. Nothing has been asked of the places yet. */
export interface Capture {
  /** Of the whole mesh, as far as it can be seen; without the time, which the capture sets. */
  document: SnapshotDocument
  places: readonly CapturePlace[]
  /** Files beside those of the places: the mesh's own objects. */
  others: () => AsyncIterable<SnapshotFile>
}
