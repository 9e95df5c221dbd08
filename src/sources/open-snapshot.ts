import {statSync} from 'node:fs'
import {whatToPass} from '../snapshot/document.js'
import type {Snapshot} from '../snapshot/snapshot.js'
import {fileError} from './file-error.js'
import {openFolder} from './folder.js'
import {isSample, sampleFolder} from './sample.js'

/**
 * Opens what `--from` names: a snapshot folder, a `.tar.gz` of one, a folder of MOSN dumps, or the word `sample` for the embedded bookinfo, `sample-mosn` for two MOSNs.
 * @throws SourceError when it is missing or may not be read, DataError when it is something else
 */
export async function openSnapshot(origin: string): Promise<Snapshot> {
  if (isSample(origin)) return openFolder(sampleFolder(undefined, origin), origin)
  if (isFolder(origin)) {
    const {snapshotOfMosnFolder} = await import('./mosn-folder.js')
    return snapshotOfMosnFolder(origin) ?? openFolder(origin)
  }
  const {openArchive} = await import('./archive.js')
  return openArchive(origin)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw fileError(error, path, whatToPass)
  }
}
