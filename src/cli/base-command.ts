import {redactPatterns} from '../snapshot/redact/text.js'
import {printableLine} from '../views/printable.js'
import {Command} from './oclif.js'

/** What all commands share: warnings on stderr in one form, errors left to `main`, which knows the exit codes. */
export abstract class BaseCommand extends Command {
  /** Says something on stderr that does not stop the command; text from input is stripped of terminal escapes. */
  protected warning(text: string): void {
    process.stderr.write(`Warning: ${printableLine(redactPatterns(text, () => {}))}\n`)
  }

  /**
   * oclif would take whatever is piped in for a missing argument: here standard input is read where a flag says `-` alone. And a
   * flag that may be repeated would take every word up to the next flag, the URL behind `-H` too: here each takes one.
   */
  protected override async init(): Promise<void> {
    // A command that declares none has none at all, whatever oclif's types say.
    for (const arg of Object.values(this.ctor.args ?? {})) arg.ignoreStdin = true
    for (const flag of Object.values(this.ctor.flags ?? {})) if (flag.type === 'option') flag.multipleNonGreedy = true
    await super.init()
  }

  protected override async catch(error: Error): Promise<never> {
    throw error
  }
}
