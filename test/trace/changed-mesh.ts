import type {Snapshot} from '../../src/snapshot/snapshot.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'

/** The same capture with some files of a folder changed; null takes a file away. */
export function withFiles(
  {snapshot}: Mesh,
  folder: string,
  changes: Record<string, (text: string) => string | null>,
): Mesh {
  const changeOf = (path: string) =>
    path.startsWith(`${folder}/`) ? changes[path.slice(folder.length + 1)] : undefined
  const text = (path: string): string | null => {
    const change = changeOf(path)
    const captured = snapshot.text(path)
    return change === undefined ? captured : change(captured ?? '')
  }
  const other: Snapshot = {...snapshot, files: () => snapshot.files().filter((path) => text(path) !== null), text}
  return buildMesh(other)
}

export const nothing = (): null => null
