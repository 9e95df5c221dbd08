import type {ModuleOptions, RuleOption, RuleOptions} from '../options.js'
import type {Counters} from '../ruleset.js'
import type {Fail} from './fail.js'
import type {Word} from './words.js'

const genericNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '-p': '-p',
    '--protocol': '-p',
    '--proto': '-p',
    '-s': '-s',
    '--source': '-s',
    '--src': '-s',
    '-d': '-d',
    '--destination': '-d',
    '--dst': '-d',
    '-i': '-i',
    '--in-interface': '-i',
    '-o': '-o',
    '--out-interface': '-o',
    '-f': '-f',
    '--fragment': '-f',
  }),
)

/** The short name of a generic option. */
export const genericName = (word: string): string | undefined => genericNames.get(word)

/** `-x`, `--x`. By hand: every word of every rule is asked. */
function isOption(word: Word | undefined): boolean {
  if (word === undefined || word.quoted || word.text.charCodeAt(0) !== 0x2d) return false
  const letter = word.text.charCodeAt(word.text.charCodeAt(1) === 0x2d ? 2 : 1) | 0x20
  return letter >= 0x61 && letter <= 0x7a
}
const isNot = (word: Word | undefined): boolean => word !== undefined && !word.quoted && word.text === '!'

const targetOptions: ReadonlySet<string> = new Set(['-j', '--jump', '-g', '--goto'])

/** What follows `-A CHAIN`: the options of a rule, sorted to the module or target that they belong to, and the counters of `-S -v`. */
export function readRuleOptions(words: readonly Word[], fail: Fail): {options: RuleOptions; counters: Counters | null} {
  const options: RuleOptions = {generic: [], modules: [], target: null}
  let counters: Counters | null = null
  let module: ModuleOptions | null = null
  for (let at = 0; at < words.length; ) {
    const {option, end} = readOption(words, at, fail)
    at = end
    const generic = genericNames.get(option.name)
    if (option.name === '-m' || option.name === '--match') {
      module = {module: onlyValue(option, fail), options: []}
      options.modules.push(module)
    } else if (targetOptions.has(option.name)) {
      const how = option.name.includes('g') ? 'goto' : 'jump'
      options.target = {how, name: onlyValue(option, fail), options: []}
    } else if (option.name === '-c' || option.name === '--set-counters') counters = readCounters(option.values, fail)
    else if (generic !== undefined) options.generic.push({...option, name: generic})
    else if (options.target) options.target.options.push(option)
    else {
      module ??= impliedModule(options, option, fail)
      module.options.push(option)
    }
  }
  return {options, counters}
}

/** `-p tcp --dport 80`: the protocol's own match needs no `-m`. */
function impliedModule(options: RuleOptions, option: RuleOption, fail: Fail): ModuleOptions {
  const protocol = options.generic.find(({name}) => name === '-p')?.values[0]
  if (protocol === undefined) return fail(`"${option.name}" belongs to no match`)
  const module: ModuleOptions = {module: impliedNames[protocol] ?? protocol, options: []}
  options.modules.push(module)
  return module
}

const impliedNames: Readonly<Record<string, string>> = {
  'ipv6-icmp': 'icmp6',
  icmpv6: 'icmp6',
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmp6',
}

/** Options whose word is anybody's text: iptables-save leaves quotes away even where it begins like an option. */
const freeText: ReadonlySet<string> = new Set(['--comment', '--log-prefix', '--nflog-prefix'])

/** Whether an option that takes a free text has none: then the text looked like the next option. */
export const lacksFreeText = ({modules, target}: RuleOptions): boolean =>
  [...modules.flatMap((module) => module.options), ...(target?.options ?? [])].some(
    ({name, values}) => values.length === 0 && freeText.has(name),
  )

/** One option with its values; a `!` stands before it, or in very old listings before its value. */
function readOption(words: readonly Word[], from: number, fail: Fail): {option: RuleOption; end: number} {
  let negated = isNot(words[from])
  let at = negated ? from + 1 : from
  const name = words[at]
  if (name === undefined || !isOption(name)) return fail(`"${words[at]?.text ?? '!'}" is no option`)
  at++
  const said = freeText.has(name.text) ? words[at] : undefined
  if (said !== undefined) return {option: {negated, name: name.text, values: [said.text]}, end: at + 1}
  const values: string[] = []
  for (let word = words[at]; word !== undefined && !isOption(word); word = words[++at]) {
    if (!isNot(word)) values.push(word.text)
    else if (isOption(words[at + 1])) break
    else negated = true
  }
  return {option: {negated, name: name.text, values}, end: at}
}

function onlyValue(option: RuleOption, fail: Fail): string {
  const [value, ...more] = option.values
  return value === undefined || more.length > 0 ? fail(`"${option.name}" takes one word`) : value
}

export function readCounters(values: readonly string[], fail: Fail): Counters {
  const [packets, bytes] = values.map(Number)
  if (packets === undefined || bytes === undefined || !(packets >= 0) || !(bytes >= 0))
    return fail('has no two counters')
  return {packets, bytes}
}
