import {DataError, SourceError} from '../errors.js'

/** The code of an error that the operating system gave, `ENOENT`; an empty text for any other error. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** What reading or writing `path` failed with, in the tool's own words. */
export function fileError(error: unknown, path: string, hint: string | null = null): SourceError | DataError {
  const code = errorCode(error)
  if (code === 'ENOENT') return new SourceError('missing', 'no such file or folder', path, hint, {cause: error})
  if (code === 'EACCES' || code === 'EPERM')
    return new SourceError('forbidden', 'permission denied', path, hint, {cause: error})
  if (code === 'EISDIR') return new DataError('is a folder', path, hint, {cause: error})
  if (code === 'ENOTDIR') return new DataError('is not a folder', path, hint, {cause: error})
  const reason = error instanceof Error ? error.message : String(error)
  return new SourceError('missing', `cannot be read (${reason})`, path, hint, {cause: error})
}
