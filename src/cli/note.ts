import {printableLine} from '../views/printable.js'

/** Says something on stderr that is good to know and nothing to worry about; text from outside is stripped of terminal escapes. */
export function note(text: string): void {
  process.stderr.write(`Note: ${printableLine(text)}\n`)
}
