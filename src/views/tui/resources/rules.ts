import type {ChainOverview, RuleOverview} from '../../../netfilter/rule-overview.js'
import {saySentence, writerNames} from '../../iptables/purpose.js'
import type {Column} from '../../table/column.js'
import type {World} from '../world.js'
import {type Follow, type Listing, listingOf, nowhere, type Scope} from './resource.js'

interface RuleRow extends RuleOverview {
  chain: ChainOverview
}

const rowsOf = (chains: readonly ChainOverview[], scope: Scope | null): RuleRow[] =>
  chains
    .filter(
      ({table, chain}) => scope?.kind !== 'rules-chain' || (scope.table === tableName(table) && scope.chain === chain),
    )
    .flatMap((chain) => chain.rules.map((rule) => ({...rule, chain})))

/** Tables of both families have equal names: `ip nat`, `ip6 nat`. */
const tableName = ({family, name}: ChainOverview['table']): string => `${family} ${name}`

const isTerminal = /^(?:accept|drop|return|reject)$/

/** The chain that a rule hands over to. */
function jumpOf({rule}: RuleRow): string | null {
  const jump = rule.statements.find((statement) => statement.kind === 'jump' || statement.kind === 'goto')
  return jump?.kind === 'jump' || jump?.kind === 'goto' ? jump.chain : null
}

const columns = (world: World): readonly Column<RuleRow>[] => [
  {title: 'TABLE', cell: ({chain}) => tableName(chain.table)},
  {title: 'CHAIN', cell: ({chain}) => chain.chain},
  {title: '#', cell: ({rule}) => String(rule.number)},
  {title: 'PACKETS', cell: ({rule}) => (rule.counters === null ? '-' : String(rule.counters.packets))},
  {title: 'RULE', cell: ({rule}) => (rule.text === '' ? '(every packet)' : String(world.redact(rule.text)))},
  {
    title: 'WHAT IT IS FOR',
    cell: ({writer, purpose, rule}) =>
      saySentence({writer, purpose}) ?? (rule.comment === null ? '-' : `Its maker says: ${rule.comment}`),
  },
  {title: 'BYTES', cell: ({rule}) => (rule.counters === null ? '-' : String(rule.counters.bytes))},
  {title: 'MADE BY', cell: ({writer}) => writerNames[writer]},
  {title: 'HOOK', cell: ({chain: {base}}) => (base === null ? '-' : `${base.hook ?? '-'} policy ${base.policy}`)},
  {title: 'NAME', cell: ({rule}) => rule.name},
]

function follow(place: string, row: RuleRow): Follow {
  const chain = jumpOf(row)
  if (chain === null) {
    const verdict = row.rule.statements.find((one) => one.kind === 'verdict')
    const ends = verdict !== undefined && isTerminal.test(verdict.verdict)
    return nowhere(ends ? `${row.rule.name} ends here: ${verdict.verdict}` : `${row.rule.name} leads to no other chain`)
  }
  const table = tableName(row.chain.table)
  return {
    kind: 'table',
    where: {resource: 'iptables', place, scope: {kind: 'rules-chain', table, chain, label: chain}},
  }
}

const placeWords = (world: World, place: string): string[] => [
  ...world.source,
  ...(place.includes('/') ? ['--pod', place] : ['--node', place]),
]

export const rulesOf = (world: World, place: string, scope: Scope | null): Listing =>
  listingOf({
    columns: columns(world),
    rows: rowsOf(world.rules(place), scope),
    name: ({rule}) => rule.name,
    source: ({rule, chain}) => ({file: chain.ruleset.origin, at: rule.name, document: rule.text}),
    follow: (row) => follow(place, row),
    command: () => ['iptables', 'show', ...placeWords(world, place)],
    target: ({rule}) => (place.includes('/') ? {kind: 'rule', pod: place, rule: rule.name} : null),
  })

/** What is wrong with the rules of a place. */
export function checksOf(world: World, place: string): Listing {
  const marks = {error: 'bad', warning: 'warn', info: null} as const
  return listingOf({
    columns: [
      {title: 'SEVERITY', cell: ({severity}) => severity, mark: ({severity}) => marks[severity]},
      {title: 'CODE', cell: ({code}) => code},
      {title: 'RULE', cell: ({place: where}) => where.rule ?? where.chain ?? '-'},
      {title: 'WHAT IS WRONG', cell: ({message}) => message},
      {title: 'WHAT TO DO', cell: ({remedy}) => remedy},
      {title: 'EVIDENCE', cell: ({evidence}) => evidence},
    ],
    rows: world.checks(place),
    name: ({code}) => code,
    source: (finding) => ({file: 'iptables check', at: finding.code, document: finding}),
    follow: ({place: {table, family, chain}}) =>
      table === null || family === null || chain === null
        ? nowhere('no single chain is at fault')
        : {
            kind: 'table',
            where: {
              resource: 'iptables',
              place,
              scope: {kind: 'rules-chain', table: `${family} ${table}`, chain, label: chain},
            },
          },
    command: () => ['iptables', 'check', ...placeWords(world, place)],
    target: () => null,
  })
}
