import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {DataError} from '../errors.js'
import {fileError} from './file-error.js'
import {byteOrder} from './folder.js'

/**
 * The files that paths name: a folder stands for the dumps in it, those that end in `.json` or `.json.gz`, by name. Folders in it are not entered.
 * A path that does not exist is kept: reading it says so.
 * @throws DataError for a folder without such a file, and for a snapshot; SourceError for a folder that cannot be read
 */
export const expandFolders = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => (isFolder(path) ? dumpsIn(path) : [path]))

const isFolder = (path: string): boolean =>
  path !== '-' && statSync(path, {throwIfNoEntry: false})?.isDirectory() === true

function dumpsIn(folder: string): string[] {
  if (existsSync(join(folder, 'snapshot.json')))
    throw new DataError('is a snapshot', folder, `Pass POD --from ${folder}`)
  const names = namesIn(folder).filter((name) => /\.json(\.gz)?$/.test(name))
  if (names.length === 0) throw new DataError('is a folder without .json or .json.gz files', folder)
  return names.sort(byteOrder).map((name) => join(folder, name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, {withFileTypes: true}).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
  } catch (error) {
    throw fileError(error, folder)
  }
}
