import {podFolder} from '../../snapshot/pod-name.js'
import type {SnapshotDocument} from '../../snapshot/snapshot.js'
import type {SnapshotFile} from '../write-snapshot.js'
import type {Earlier} from './capture-files.js'

/** The folder of the place that a file of a snapshot belongs to; empty for a file of none. */
export const folderOf = (path: string): string =>
  /^(?:pods\/[^/]+\/[^/]+|(?:nodes|hosts)\/[^/]+)(?=\/)/.exec(path)?.[0] ?? ''

/** Whether a place was not captured, or not wholly, by an earlier capture. */
export const isToBeRepeated = ({document, folders}: Pick<Earlier, 'document' | 'folders'>, folder: string): boolean =>
  !folders.has(folder) || document.failures?.some(({place}) => place === folder) === true

/** The files of an earlier capture that stay: all but those of the places that are asked again, and what is written anew in any case. */
export async function* keptFiles(earlier: Earlier, repeated: ReadonlySet<string>): AsyncGenerator<SnapshotFile> {
  for await (const file of earlier.files()) {
    const anew = file.path === 'snapshot.json' || file.path.startsWith('objects/') || repeated.has(folderOf(file.path))
    if (!anew) yield file
  }
}

/** What the mesh is now, with the places of an earlier capture that were not asked again as they were then. */
export function continuedDocument(
  now: SnapshotDocument,
  earlier: SnapshotDocument | undefined,
  repeated: ReadonlySet<string>,
): SnapshotDocument {
  if (earlier === undefined) return now
  const kept = earlier.pods.filter((pod) => !repeated.has(podFolder(pod)))
  const keptNames = new Set(kept.map(podFolder))
  return {
    ...earlier,
    ...now,
    pods: [...now.pods.filter((pod) => !keptNames.has(podFolder(pod))), ...kept].sort((a, b) =>
      podFolder(a) < podFolder(b) ? -1 : 1,
    ),
    failures: (earlier.failures ?? []).filter(({place}) => !repeated.has(place)),
  }
}
