/** A word of a command line as iptables-save prints it. */
export interface Word {
  text: string
  /** It stood in quotes: never an option, whatever it begins with. */
  quoted: boolean
}

/** Splits as iptables-restore does: blanks separate, double quotes hold together, a backslash takes the next character as it is. null: an open quote. */
export function splitWords(line: string): Word[] | null {
  if (!line.includes('"')) return line.split(' ').flatMap((text) => (text === '' ? [] : [{text, quoted: false}]))
  const words: Word[] = []
  let at = 0
  while (at < line.length) {
    if (line[at] === ' ') at++
    else if (line[at] === '"') {
      const quoted = readQuoted(line, at + 1)
      if (quoted === null) return null
      words.push({text: quoted.text, quoted: true})
      at = quoted.end
    } else {
      const end = line.indexOf(' ', at)
      words.push({text: line.slice(at, end < 0 ? undefined : end), quoted: false})
      at = end < 0 ? line.length : end
    }
  }
  return words
}

function readQuoted(line: string, from: number): {text: string; end: number} | null {
  let text = ''
  for (let at = from; at < line.length; at++) {
    const character = line[at]
    if (character === '"') return {text, end: at + 1}
    if (character === '\\' && at + 1 < line.length) text += line[++at]
    else text += character
  }
  return null
}

/** A plain word: quoted only where it would not be one word without. */
export const quoteWord = (text: string): string => (/^[^\s"'\\]+$/.test(text) ? text : quoted(text))

/** A text as libxtables prints it (xtables_save_string): in quotes unless it is made of letters, digits, `_` and `-`. */
export const quoteText = (text: string): string => (/^[\w-]+$/.test(text) ? text : quoted(text))

const quoted = (text: string): string => `"${text.replace(/["'\\]/g, '\\$&')}"`
