import type {Ternary} from './check.js'

export const ternary = (value: boolean): Ternary => (value ? 'yes' : 'no')

export const not = (value: Ternary): Ternary => (value === 'yes' ? 'no' : value === 'no' ? 'yes' : 'unknown')
