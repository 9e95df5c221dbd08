import {existsSync, lstatSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {UsageError} from '../errors.js'
import {fileError} from './file-error.js'
import {onInterrupt} from './interrupt.js'

/**
 * Makes `path` whole or not at all: `make` writes to a temporary neighbour, which takes the name when all is written.
 * Whatever stops it, an interrupt too, leaves what was there before and no remains.
 * @param force replaces a file, or a folder that is empty or a snapshot; no other folder is ever replaced
 * @throws UsageError when something is there that may not be replaced, SourceError when it cannot be written
 */
export async function writeWhole(
  path: string,
  force: boolean,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path)
  checkTarget(target, path, force)
  const temporary = join(dirname(target), `.${basename(target)}.partial-${process.pid}`)
  const clean = () => rmSync(temporary, {recursive: true, force: true})
  const release = onInterrupt(clean)
  try {
    await make(temporary)
    putInPlace(temporary, target)
  } catch (error) {
    throw isOfSystem(error) ? fileError(error, path) : error
  } finally {
    clean()
    release()
  }
}

const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error

function checkTarget(target: string, path: string, force: boolean): void {
  const there = lstatSync(target, {throwIfNoEntry: false})
  if (there === undefined) return
  const isEmptyFolder = there.isDirectory() && readdirSync(target).length === 0
  if (isEmptyFolder) return
  if (!force) throw new UsageError('is there already', `--out ${path}`, 'Pass --force to replace it')
  if (there.isDirectory() && !existsSync(join(target, 'snapshot.json')))
    throw new UsageError(
      'is a folder that holds something else than a snapshot',
      `--out ${path}`,
      'Choose another name',
    )
}

/** A folder cannot be renamed over another one: the old one steps aside first, and comes back if the new one fails. */
function putInPlace(temporary: string, target: string): void {
  if (!lstatSync(target, {throwIfNoEntry: false})?.isDirectory()) {
    renameSync(temporary, target)
    return
  }
  const aside = `${temporary}-old`
  renameSync(target, aside)
  try {
    renameSync(temporary, target)
  } catch (error) {
    renameSync(aside, target)
    throw error
  }
  rmSync(aside, {recursive: true, force: true})
}
