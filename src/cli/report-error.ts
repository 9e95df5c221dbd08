import {exitCode, isSidetraceError} from '../errors.js'
import {redactPatterns} from '../snapshot/redact/text.js'
import {printable, printableLine} from '../views/printable.js'

/** What oclif throws for wrong flags and arguments, for `this.exit` and for an unknown command. */
interface OclifError {
  message: string
  code?: string
  oclif: {exit?: number}
}

const isOclifError = (error: unknown): error is OclifError => error instanceof Error && 'oclif' in error

/** Whether the reader of our output went away (`| head`). */
export const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EPIPE'

/** A full disk, or another reason of the system for which our output cannot be written. */
const isWriteError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && error.syscall === 'write'

/** The not-found plugin ends as a shell does; for us an unknown command is a usage error as any other. */
const shellCommandNotFound = 127

/** oclif lists what is missing on lines of its own, and ends with advice on one more. */
const oneLine = (text: string): string =>
  text
    .replace(/[.\s]*\n(See more help with)/, '. $1')
    .replace(/\s+/g, ' ')
    .trim()

const say = (line: string): void => {
  process.stderr.write(`Error: ${printableLine(redactPatterns(line, () => {}))}\n`)
}

/** Writes one clear line for `error` to stderr and gives the exit code. Only a bug of ours shows a stack. */
export function reportError(error: unknown): number {
  if (isBrokenPipe(error)) return exitCode.answered
  if (isSidetraceError(error)) {
    const {what, where, hint, remedy} = error.failure
    say(`${where}: ${what}${hint === null ? '' : `. ${hint}`}`)
    if (remedy !== undefined) process.stderr.write(`${printable(remedy)}\n`)
    return error.exit
  }
  if (isWriteError(error)) {
    say(`standard output: cannot be written: ${error.message}`)
    return exitCode.forbidden
  }
  if (isOclifError(error)) {
    if (error.code !== 'EEXIT') say(oneLine(error.message))
    const exit = error.oclif.exit ?? exitCode.usage
    return exit === shellCommandNotFound ? exitCode.usage : exit
  }
  process.stderr.write(`This is a bug in sidetrace: ${printableLine(String(error))}\n`)
  if (error instanceof Error && error.stack !== undefined) process.stderr.write(`${printable(error.stack)}\n`)
  return exitCode.bug
}
