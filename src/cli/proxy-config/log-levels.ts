import {UsageError} from '../../errors.js'
import {nearest} from '../nearest.js'

/** Envoy's names of log levels; `warn` is one of spdlog's own that it takes too. */
const levels = ['trace', 'debug', 'info', 'warning', 'warn', 'error', 'critical', 'off']

/** What is to be set: the level of all loggers, then that of single ones. */
export interface LevelChanges {
  all: string | null
  loggers: Map<string, string>
}

/**
 * Reads `--level`: `LEVEL` for all loggers, `LOGGER:LEVEL` for one, several with commas. A level for all is set first, whatever the order,
 * so that it does not undo what stands beside it. @throws UsageError for an unknown level
 */
export function parseLevels(text: string): LevelChanges {
  const changes: LevelChanges = {all: null, loggers: new Map()}
  for (const part of text.split(',')) {
    const [, logger, level = ''] = /^(?:(?:.*::)?([^:=]*)[:=])?([^:=]*)$/.exec(part.trim()) ?? []
    if (!levels.includes(level)) throw unknownLevel(level === '' ? part : level)
    if (logger === undefined) changes.all = level
    else changes.loggers.set(logger, level)
  }
  return changes
}

function unknownLevel(level: string): UsageError {
  const [suggestion] = nearest(level, levels)
  const hint = suggestion === undefined ? `Levels are ${levels.join(', ')}` : `Did you mean ${suggestion}?`
  return new UsageError('unrecognized logging level', level, hint)
}

/** The names of the loggers in Envoy's answer to `/logging`. */
export const loggerNames = (answer: string): string[] =>
  [...answer.matchAll(/^\s+(\S+): \w+$/gm)].flatMap(([, name]) => name ?? [])

/** @throws UsageError for a logger that Envoy does not have */
export function checkLoggers({loggers}: LevelChanges, known: readonly string[]): void {
  for (const logger of loggers.keys()) {
    if (known.includes(logger)) continue
    const [suggestion] = nearest(logger, known)
    throw new UsageError(
      'unrecognized logger name',
      logger,
      suggestion === undefined ? null : `Did you mean ${suggestion}?`,
    )
  }
}

/** The admin paths that make the changes, in order. */
export const levelPaths = ({all, loggers}: LevelChanges): string[] => [
  ...(all === null ? [] : [`/logging?level=${all}`]),
  ...[...loggers].map(([logger, level]) => `/logging?${encodeURIComponent(logger)}=${level}`),
]
