import {line, lineText} from '../styled.js'
import {wrapLine} from '../wrap.js'

/** Words in lines of at most `width` characters. */
export const wrapWords = (words: string, width: number): string[] =>
  wrapLine(line(words), Math.max(12, width)).map(lineText)
