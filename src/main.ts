import {flush, run} from '@oclif/core'
import {reportError} from './cli/report-error.js'

/** Runs the command line of this process; `entry` is the URL of the file in `bin/`, beside which oclif finds the package. */
export async function start(entry: string): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (`| head`): nothing is left to say.
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    await run(process.argv.slice(2), entry)
    await flush()
  } catch (error) {
    process.exitCode = reportError(error)
  }
}
