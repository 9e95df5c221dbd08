import type {ModuleOptions, RuleOption, RuleOptions} from '../options.js'
import {quoteText, quoteWord} from './words.js'

/** Options whose value is a text, which is printed in quotes where plain words are not. */
const texts: ReadonlySet<string> = new Set([
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '--ulog-prefix',
  '--string',
  '--helper',
])

const formatOption = ({negated, name, values}: RuleOption): string =>
  [...(negated ? ['!'] : []), name, ...values.map(texts.has(name) ? quoteText : quoteWord)].join(' ')

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
