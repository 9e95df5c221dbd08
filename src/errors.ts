/** Exit codes of the tool: the sysexits.h values that fit, and two of istioctl's. */
export const exitCode = {
  answered: 0,
  bug: 1,
  usage: 2,
  malformedData: 65,
  inputMissing: 66,
  unreachable: 69,
  forbidden: 77,
  expectationNotMet: 79,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** What failed, on what, and what to do next. Only `cli/` turns it into text and an exit code. */
export interface Failure {
  /** What failed, without a full stop: `is not JSON`. */
  what: string
  /** The file, address, pod or place in a document that it failed on. */
  where: string
  /** What to do next, or null where there is nothing to advise. */
  hint: string | null
  /** Lines that can be used as they stand, such as the Role that a user lacks. */
  remedy?: string
}

/** What an error may carry beside its sentence. */
export interface FailureOptions extends ErrorOptions {
  remedy?: string
}

abstract class DescribedError extends Error {
  readonly failure: Failure
  abstract readonly exit: ExitCode

  constructor(what: string, where: string, hint: string | null = null, {remedy, ...options}: FailureOptions = {}) {
    super(`${where}: ${what}`, options)
    this.failure = {what, where, hint, ...(remedy === undefined ? {} : {remedy})}
  }
}

/** Input that was read but is not what it should be (exit 65). */
export class DataError extends DescribedError {
  override readonly name = 'DataError'
  readonly exit = exitCode.malformedData
}

/** Input that could not be had: missing (66), unreachable (69) or forbidden (77). */
export class SourceError extends DescribedError {
  override readonly name = 'SourceError'
  readonly exit: ExitCode

  constructor(
    kind: 'missing' | 'unreachable' | 'forbidden',
    what: string,
    where: string,
    hint: string | null = null,
    options?: FailureOptions,
  ) {
    super(what, where, hint, options)
    this.exit = {missing: exitCode.inputMissing, unreachable: exitCode.unreachable, forbidden: exitCode.forbidden}[kind]
  }
}

/** A flag or argument that cannot be taken (exit 2). */
export class UsageError extends DescribedError {
  override readonly name = 'UsageError'
  readonly exit = exitCode.usage
}

/** An expectation of the caller (`--expect`, `test`) that is not met (exit 79). */
export class ExpectationError extends DescribedError {
  override readonly name = 'ExpectationError'
  readonly exit = exitCode.expectationNotMet
}

export type SidetraceError = DataError | SourceError | UsageError | ExpectationError

export const isSidetraceError = (error: unknown): error is SidetraceError => error instanceof DescribedError

/** What is wrong with a JSON text, without the piece of it that V8 quotes: that may be a secret. */
export const jsonFault = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(
    /,? *(?:\.\.\.)?"[\s\S]*"(?:\.\.\.)? is not valid JSON$/,
    ' is not valid JSON',
  )
