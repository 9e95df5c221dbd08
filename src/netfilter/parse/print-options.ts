import type {ModuleOptions, RuleOption, RuleOptions} from '../options.js'
import {quoteWord} from './words.js'

const formatOption = ({negated, name, values}: RuleOption): string =>
  [...(negated ? ['!'] : []), name, ...values.map(quoteWord)].join(' ')

const formatOptions = (options: readonly RuleOption[]): string[] => options.map(formatOption)

/** `-m owner --uid-owner 1337`. */
export const formatModule = ({module, options}: ModuleOptions): string =>
  ['-m', module, ...formatOptions(options)].join(' ')

/** The rule as iptables-save prints it, without `-A CHAIN`. */
export function formatRuleOptions({generic, modules, target}: RuleOptions): string {
  const words = [...formatOptions(generic), ...modules.map(formatModule)]
  if (target) words.push(target.how === 'jump' ? '-j' : '-g', quoteWord(target.name), ...formatOptions(target.options))
  return words.join(' ')
}
