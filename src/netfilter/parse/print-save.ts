import type {Chain, Counters, Ruleset, Table} from '../ruleset.js'
import {formatRuleOptions} from './print-options.js'

const formatCounters = (counters: Counters | null): string => `[${counters?.packets ?? 0}:${counters?.bytes ?? 0}]`

const formatChain = ({name, base, counters}: Chain): string =>
  `:${name} ${base ? base.policy.toUpperCase() : '-'} ${formatCounters(counters)}`

function formatRules(chain: Chain): string[] {
  return chain.rules.map((rule) => {
    const options = rule.options ? formatRuleOptions(rule.options) : rule.text
    const counters = rule.counters ? `${formatCounters(rule.counters)} ` : ''
    return `${counters}-A ${chain.name}${options === '' ? '' : ` ${options}`}`
  })
}

const formatTable = ({name, chains}: Table): string[] => [
  `*${name}`,
  ...chains.map(formatChain),
  ...chains.flatMap(formatRules),
  'COMMIT',
]

/** The rules of iptables' tables as iptables-save prints them; iptables-restore reads it. */
export const printIptablesSave = ({tables}: Ruleset): string =>
  `${tables
    .filter((table) => !table.native)
    .flatMap(formatTable)
    .join('\n')}\n`
