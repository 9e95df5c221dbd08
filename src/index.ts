/** What other programs may build on: the pure functions and the documents they return. No I/O, no terminal. */
export type {Assumption} from './decision/assumption.js'
export type {Check} from './decision/check.js'
export type {Step} from './decision/step.js'
export {DataError, exitCode, type Failure, SourceError, UsageError} from './errors.js'
