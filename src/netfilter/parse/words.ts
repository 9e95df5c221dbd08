/** A word of a command line as iptables-save prints it. */
export interface Word {
  text: string
  /** It stood in quotes: never an option, whatever it begins with. */
  quoted: boolean
}

/** Splits as iptables-restore does: blanks separate, double quotes hold together, a backslash takes the next character as it is. null: an open quote. */
export function splitWords(line: string): Word[] | null {
  const words: Word[] = []
  let at = 0
  while (at < line.length) {
    if (line[at] === ' ') at++
    else if (line[at] === '"') {
      const end = endOfQuote(line, at + 1)
      if (end >= line.length) return null
      words.push({text: withoutEscapes(line.slice(at + 1, end)), quoted: true})
      at = end + 1
    } else {
      const end = line.indexOf(' ', at)
      words.push({text: line.slice(at, end < 0 ? undefined : end), quoted: false})
      at = end < 0 ? line.length : end
    }
  }
  return words
}

/** The closing quote; the line's length or more where there is none. A backslash at the very end of a line stands for itself. */
export function endOfQuote(line: string, from: number): number {
  let at = from
  while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1
  return at
}

const withoutEscapes = (text: string): string => (text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text)

/** A plain word: quoted only where it would not be one word without. */
export const quoteWord = (text: string): string => (/^[^\s"'\\]+$/.test(text) ? text : quoted(text))

/** A text as libxtables prints it (xtables_save_string): in quotes unless it is made of letters, digits, `_` and `-`. */
export const quoteText = (text: string): string => (/^[\w-]+$/.test(text) ? text : quoted(text))

const quoted = (text: string): string => `"${text.replace(/["'\\]/g, '\\$&')}"`
