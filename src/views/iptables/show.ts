import Table from 'cli-table3'
import type {ChainOverview} from '../../netfilter/rule-overview.js'
import {printableLine} from '../printable.js'
import {line, lineText} from '../styled.js'
import {wrapLine} from '../wrap.js'
import {saySentence, writerNames} from './purpose.js'

/** Columns beside rule and sentence: number, packets, bytes, and the table's own lines. */
const narrow = 6 + 9 + 11 + 16

/** Chains without rules are left out, as they decide nothing but their policy, which is said where it is not ACCEPT. */
export function renderRules(chains: readonly ChainOverview[], width: number): string {
  const shown = chains.filter(({rules, base}) => rules.length > 0 || base?.policy === 'drop')
  if (shown.length === 0) return 'No rules.\n'
  return `${shown.map((chain) => renderChain(chain, Math.max(80, width))).join('\n\n')}\n`
}

function renderChain(overview: ChainOverview, width: number): string {
  const room = width - narrow
  const [ruleWidth, sentenceWidth] = [Math.floor(room * 0.5), Math.ceil(room * 0.5)]
  const table = new Table({
    head: ['#', 'packets', 'bytes', 'rule', 'what it is for'],
    colAligns: ['right', 'right', 'right', 'left', 'left'],
    style: {head: [], border: [], compact: true},
  })
  for (const {rule, writer, purpose} of overview.rules) {
    const sentence =
      saySentence({writer, purpose}) ??
      (rule.comment === null ? `Made by ${writerNames[writer]}.` : `Its maker says: ${rule.comment}`)
    table.push([
      String(rule.number),
      rule.counters ? String(rule.counters.packets) : '-',
      rule.counters ? String(rule.counters.bytes) : '-',
      wrap(rule.text === '' ? '(every packet)' : rule.text, ruleWidth),
      wrap(sentence, sentenceWidth),
    ])
  }
  const rows = overview.rules.length > 0 ? `\n${table.toString()}` : ''
  return `${title(overview)}${rows}`
}

const wrap = (text: string, width: number): string =>
  wrapLine(line(printableLine(text)), width)
    .map(lineText)
    .join('\n')

/** `nat PREROUTING  base chain, policy accept  made by ...` */
function title({table, chain, base, rules, ruleset}: ChainOverview): string {
  const where =
    base === null ? '' : `  ${base.hook ?? 'hook outside our paths'}, priority ${base.priority}, policy ${base.policy}`
  const writers = [...new Set(rules.map(({writer}) => writer))].map((writer) => writerNames[writer])
  const by = writers.length === 0 ? '' : `  made by ${writers.join(' and ')}`
  const legacy = ruleset.backend === 'legacy' ? ' (legacy)' : ''
  return printableLine(`${table.family} ${table.name} ${chain}${legacy}${where}${by}`)
}
