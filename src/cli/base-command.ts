import {printableLine} from '../views/printable.js'
import {Command} from './oclif.js'

/** What all commands share: warnings on stderr in one form, errors left to `main`, which knows the exit codes. */
export abstract class BaseCommand extends Command {
  /** Says something on stderr that does not stop the command; text from input is stripped of terminal escapes. */
  protected warning(text: string): void {
    process.stderr.write(`Warning: ${printableLine(text)}\n`)
  }

  protected override async catch(error: Error): Promise<never> {
    throw error
  }
}
