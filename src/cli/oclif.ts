/**
 * The parts of oclif that commands and the start use, each from its own entry: the package's index would load all of it, and check
 * Node's version once more, at every start. Import oclif from here alone.
 */
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

export {Command} from '@oclif/core/command'
export {Config} from '@oclif/core/config'
export {flush} from '@oclif/core/flush'
export {normalizeArgv} from '@oclif/core/help'
export {run} from '@oclif/core/run'
export {Args, Flags}
