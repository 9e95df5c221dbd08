import type {Line, Tone} from './styled.js'

/** SGR parameters for each tone; empty for none. The sixteen basic colours only: they follow the user's own palette. */
export type Theme = Readonly<Record<Tone, string>>

export const colourTheme: Theme = {
  plain: '',
  strong: '1',
  dim: '2',
  good: '1;32',
  bad: '1;31',
  warn: '33',
  name: '36',
  chosen: '7',
}

/** Without colours; weight and inversion are no colours, but NO_COLOR readers get plain text all the same, except for the cursor. */
export const plainTheme: Theme = {
  plain: '',
  strong: '',
  dim: '',
  good: '',
  bad: '',
  warn: '',
  name: '',
  chosen: '7',
}

/** For files and pipes: no escape sequence at all. */
export const bareTheme: Theme = {...plainTheme, chosen: ''}

/** The line as text for a terminal. */
export const paint = (parts: Line, theme: Theme): string =>
  parts.map(({text, tone}) => (theme[tone] === '' ? text : `\u001b[${theme[tone]}m${text}\u001b[0m`)).join('')
