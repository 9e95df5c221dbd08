import {UsageError} from '../errors.js'
import {isThemeName, type ThemeName, themeNames} from '../views/themes.js'
import {Flags} from './oclif.js'

/** The flags of commands that open the terminal UI. */
export const screenFlags = {
  theme: Flags.string({
    summary: `Colours of the terminal UI: ${themeNames.join(', ')} (default: SIDETRACE_THEME, else dark).`,
    helpValue: 'NAME',
  }),
  mouse: Flags.boolean({summary: 'Let the terminal UI take clicks and the wheel (M switches it).', default: false}),
}

export interface ScreenFlags {
  theme?: string | undefined
  mouse?: boolean | undefined
}

/** @throws UsageError for a theme that there is not */
export function screenSettings({theme, mouse}: ScreenFlags): {theme: ThemeName; mouse: boolean} {
  const asked = theme ?? process.env['SIDETRACE_THEME'] ?? ''
  const name = asked === '' ? 'dark' : asked
  if (isThemeName(name)) return {theme: name, mouse: mouse === true}
  const where = theme === undefined ? `SIDETRACE_THEME=${name}` : `--theme ${name}`
  throw new UsageError('is no theme', where, `Choose one of ${themeNames.join(', ')}`)
}
