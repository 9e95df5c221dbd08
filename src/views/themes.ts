import {colourTheme, plainTheme, type Theme} from './theme.js'

export const themeNames = ['dark', 'light', 'mono', 'contrast'] as const

export type ThemeName = (typeof themeNames)[number]

/** Light grounds hide yellow and cyan; faint text is grey there, as many terminals fade it to nothing. */
const light: Theme = {
  plain: '',
  strong: '1',
  dim: '90',
  good: '1;32',
  bad: '1;31',
  warn: '1;35',
  name: '34',
  chosen: '7',
}

/** Weight, underline and inversion alone. */
const mono: Theme = {...plainTheme, strong: '1', dim: '2', good: '1', bad: '1;4', warn: '4', name: ''}

/** Nothing is faint, and what matters stands inverted. */
const contrast: Theme = {
  plain: '',
  strong: '1;4',
  dim: '',
  good: '1;92',
  bad: '1;7;91',
  warn: '1;93',
  name: '1;96',
  chosen: '1;7',
}

const themes: Record<ThemeName, Theme> = {dark: colourTheme, light, mono, contrast}

export const isThemeName = (name: string): name is ThemeName => themeNames.some((own) => own === name)

/** The theme; without colours plain text stays, whatever was chosen, but for those themes that have none. */
export const themeOf = (name: ThemeName, colour: boolean): Theme => (colour ? themes[name] : plainTheme)
