import {fileURLToPath} from 'node:url'
import {loadCommandLine, spelledOut} from './cli/command-line.js'
import {flush, run} from './cli/oclif.js'
import {isBrokenPipe, reportError} from './cli/report-error.js'
import {exitCode} from './errors.js'

/** Runs the command line of this process; `entry` is the URL of the file in `bin/`, beside which oclif finds the package. */
export async function start(entry: string): Promise<void> {
  guardProcess()
  try {
    const argv = spelledOut(process.argv.slice(2))
    await run(argv, await loadCommandLine(fileURLToPath(new URL('..', entry)), argv))
    await flush()
  } catch (error) {
    process.exitCode = reportError(error)
  }
}

/** What nobody awaited ends in the same report as any other error; a reader that went away (`| head`) ends the work quietly. */
function guardProcess(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (isBrokenPipe(error)) process.exit(exitCode.answered)
      throw error
    })
  }
  process.on('uncaughtException', (error) => process.exit(reportError(error)))
}
