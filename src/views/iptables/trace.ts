import type {Step} from '../../decision/step.js'
import type {Packet} from '../../netfilter/packet.js'
import type {PacketBranch, PacketTrace} from '../../netfilter/packet-trace.js'
import type {Rule, Ruleset} from '../../netfilter/ruleset.js'
import {printableLine} from '../printable.js'
import {sayBecause, sayFails} from '../story/check.js'
import {sharePercent} from '../story/share.js'
import {type Line, line, lineText, span, type Tone} from '../styled.js'
import {hanging} from '../text/layout.js'
import {colourTheme, paint} from '../theme.js'

export interface PacketTraceOptions {
  detail: 'minimal' | 'summary' | 'full'
  width: number
  colour: boolean
}

/** A packet's way through the rules as text: the answer, then the rules that matched, with the reason; in full every rule looked at. */
export function renderPacketTrace(
  hook: string,
  trace: PacketTrace,
  rulesets: readonly Ruleset[],
  options: PacketTraceOptions,
): string {
  if (options.detail === 'minimal')
    return `${trace.branches.map((branch) => printableLine(minimalLine(branch))).join('\n')}\n`
  const rules = new Map(rulesets.flatMap(rulesOf).map((rule) => [rule.name, rule]))
  const width = Math.max(40, options.width)
  const lines = [
    ...hanging(line(span(hook, 'strong')), line(packetWords(trace.packet)), indent, width),
    ...trace.branches.flatMap((branch) => [
      line(),
      ...branchLines(branch, trace.branches.length, rules, options.detail === 'full', width),
    ]),
  ]
  return `${lines.map((each) => (options.colour ? paint(each, colourTheme) : lineText(each)).trimEnd()).join('\n')}\n`
}

/** Cells before the text of a line. */
const indent = 14

const rulesOf = ({tables}: Ruleset): Rule[] => tables.flatMap(({chains}) => chains).flatMap((chain) => chain.rules)

const socket = (ip: string, port: number | undefined): string =>
  port === undefined ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`

function packetWords(packet: Packet): string {
  const words = [`${packet.proto} ${socket(packet.src, packet.sport)} > ${socket(packet.dst, packet.dport)}`]
  if (packet.in) words.push(`in ${packet.in}`)
  if (packet.out) words.push(`out ${packet.out}`)
  if (packet.uid !== undefined) words.push(`uid ${packet.uid ?? 'none'}`)
  if (packet.gid !== undefined) words.push(`gid ${packet.gid ?? 'none'}`)
  if (packet.mark) words.push(`mark 0x${packet.mark.toString(16)}`)
  if (packet.ctstate) words.push(packet.ctstate)
  return words.join('  ')
}

/** One stable line a branch, for tests and scripts. */
function minimalLine({probability, verdict, redirectedTo, rules, packet}: PacketBranch): string {
  return [
    probability.toFixed(4),
    verdict,
    `to=${redirectedTo ?? '-'}`,
    `mark=${packet.mark ?? 0}`,
    `out=${packet.out ?? '-'}`,
    rules.join(',') || '-',
  ].join(' ')
}

const tones: Readonly<Record<PacketBranch['verdict'], Tone>> = {
  accept: 'good',
  drop: 'bad',
  reject: 'bad',
  unknown: 'warn',
}

function headline({verdict, redirectedTo, redirectedBy}: PacketBranch): Line {
  const to = redirectedTo === null ? '' : `, to ${redirectedTo} by ${redirectedBy ?? 'NAT'}`
  return line(span(verdict, tones[verdict]), to)
}

function branchLines(
  branch: PacketBranch,
  count: number,
  rules: ReadonlyMap<string, Rule>,
  full: boolean,
  width: number,
): Line[] {
  const share = branch.probability === 0 ? 'otherwise' : sharePercent(branch.probability)
  return [
    ...hanging(line(span(count > 1 ? share : 'answer', 'strong')), headline(branch), indent, width),
    ...branch.steps.flatMap((step) => stepLines(step, rules, full, width)),
    ...hanging(line(span('leaves', 'dim')), line(packetWords(branch.packet)), indent, width),
    ...branch.assumptions.flatMap(({about, assumed, at, turn}) =>
      hanging(
        line(span('assumed', 'warn')),
        line(
          `${about} ${assumed}`,
          at === null ? '' : span(`  ${at}`, 'dim'),
          turn === null ? '' : span(`  (${turn})`, 'dim'),
        ),
        indent,
        width,
      ),
    ),
  ]
}

function stepLines(step: Step, rules: ReadonlyMap<string, Rule>, full: boolean, width: number): Line[] {
  const matched =
    step.level === 'rule' || step.level === 'route' || (step.level === 'policy' && step.decided === 'drop')
  const passed = full
    ? step.passedOver.flatMap(({at, check}) =>
        hanging(line(), line(span(`${at}  no: ${sayFails(check)}`, 'dim')), indent, width),
      )
    : []
  if (!matched && !full) return []
  const because = sayBecause(step.because)
  const name = line(
    span(step.at, 'name'),
    `  ${step.decided ?? ''}`,
    because === null ? '' : span(`  ${step.level === 'route' ? '' : 'because '}${because}`, 'plain'),
  )
  const text = rules.get(step.at)?.text
  return [
    ...passed,
    ...hanging(line(span(step.level, 'dim')), name, indent, width),
    ...(text === undefined ? [] : hanging(line(), line(span(text, 'dim')), indent + 2, width)),
  ]
}
