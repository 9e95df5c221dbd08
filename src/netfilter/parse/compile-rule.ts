import type {RuleOption, RuleOptions} from '../options.js'
import {protocolNumber} from '../protocols.js'
import type {Match, Statement} from '../statement.js'
import {compileModule} from './compile-match.js'
import {compileTarget} from './compile-target.js'
import type {Fail} from './fail.js'
import {firstValue, readNetwork} from './option-values.js'

/** What an iptables rule asks and does, in the order the kernel runs it: matches, counters, target. */
export function compileRule(options: RuleOptions, isChain: (name: string) => boolean, fail: Fail): Statement[] {
  const statements: Statement[] = []
  for (const option of options.generic) {
    const match = compileGeneric(option, fail)
    if (match) statements.push(match)
  }
  for (const module of options.modules) statements.push(...compileModule(module, fail))
  statements.push({kind: 'counter'})
  if (options.target) statements.push(compileTarget(options.target, isChain, fail))
  return statements
}

/** `-s`, `-d`, `-i`, `-o`, `-p`, `-f`; null for one that every packet fits. */
export function compileGeneric(option: RuleOption, fail: Fail): Match | null {
  const {negated, name} = option
  if (name === '-f') return {kind: 'unmodelled', text: `${negated ? '! ' : ''}-f`}
  const text = firstValue(option, fail)
  if (name === '-p') {
    if (text === 'all' || text === '0') return null
    return {kind: 'protocol', negated, protocol: protocolNumber(text) ?? fail(`"${text}" is no protocol`)}
  }
  if (name === '-i' || name === '-o') return interfaceMatch(text, name === '-i' ? 'in' : 'out', negated)
  // Without -n ip6tables prints every prefix of :: so.
  if (text === 'anywhere')
    return {kind: 'lost', what: `the prefix of :: that the ${name === '-s' ? 'source' : 'destination'} names`}
  return {kind: 'address', side: name === '-s' ? 'src' : 'dst', negated, network: readNetwork(text, fail)}
}

/** `+` at the end stands for any rest of the name; alone for every interface. */
function interfaceMatch(text: string, side: 'in' | 'out', negated: boolean): Match | null {
  if (text === '+' && !negated) return null
  const prefix = text.endsWith('+')
  return {kind: 'interface', side, negated, name: prefix ? text.slice(0, -1) : text, prefix}
}
