import {exitCode, isSidetraceError} from '../errors.js'
import {printableLine} from '../views/printable.js'

/** What oclif throws for wrong flags and arguments, for `this.exit` and for an unknown command. */
interface OclifError {
  message: string
  code?: string
  oclif?: {exit?: number}
}

const isOclifError = (error: unknown): error is OclifError => error instanceof Error && 'oclif' in error

/** Oclif ends its usage errors with advice on further lines; the first says what is wrong. */
const firstLines = (text: string): string => text.replace(/\nSee more help with.*$/s, '').trim()

/** Writes one clear line for `error` to stderr and gives the exit code. Only a bug of ours shows a stack. */
export function reportError(error: unknown): number {
  if (isSidetraceError(error)) {
    const {what, where, hint} = error.failure
    process.stderr.write(`Error: ${printableLine(`${where}: ${what}${hint === null ? '' : `. ${hint}`}`)}\n`)
    return error.exit
  }
  if (isOclifError(error)) {
    const exit = error.oclif?.exit ?? exitCode.bug
    if (error.code !== 'EEXIT') process.stderr.write(`Error: ${printableLine(firstLines(error.message))}\n`)
    return exit
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(
    `This is a bug in sidetrace: ${printableLine(String(error))}\n${stack.replace(/[^\n\x20-\x7e]/g, '')}\n`,
  )
  return exitCode.bug
}
