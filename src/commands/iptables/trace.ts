import {BaseCommand} from '../../cli/base-command.js'
import {answerBatch, batchFlag} from '../../cli/batch.js'
import {Flags} from '../../cli/oclif.js'
import {detailFlag, jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {packetFlags, packetOf} from '../../cli/packet-flags.js'
import {completeEnvironment} from '../../cli/rules-environment.js'
import {openRules, type RulesSource, rulesSourceFlags} from '../../cli/rules-source.js'
import {parseSuppositions, suppositionFlag} from '../../cli/suppositions.js'
import {textOptions} from '../../cli/terminal.js'
import {DataError, UsageError} from '../../errors.js'
import {evaluatePacket, prepare} from '../../netfilter/evaluate/evaluate.js'
import type {Suppositions} from '../../netfilter/evaluate/run.js'
import {parsePacketRequest} from '../../netfilter/parse/packet-request.js'
import {packetTraceDocument} from '../../views/iptables/trace-document.js'

export default class IptablesTrace extends BaseCommand {
  static override summary = 'Say what the kernel does with a packet, and which rules decided.'
  static override description =
    `Leads one packet through the netfilter rules of a pod, node or file: every table in the kernel's order, with
conntrack, NAT and routing between them. What is not known becomes an assumption; a rule that cannot be
decided makes the answer unknown from there.`
  static override examples = [
    {
      description: 'Where the app of productpage comes out when it connects to reviews',
      command:
        '<%= config.bin %> iptables trace --from sample --pod productpage --hook path-out --src 10.10.0.11 --dst 10.96.0.14 --dport 9080 --uid 1000 --gid 1000',
    },
    {
      description: 'A connection that arrives at a TPROXY pod, as JSON',
      command:
        '<%= config.bin %> iptables trace --from sample --pod details --hook path-in --src 10.10.0.11 --dst 10.10.0.12 --dport 9080 -o json',
    },
  ]
  static override flags = {
    ...rulesSourceFlags,
    ...packetFlags,
    env: Flags.string({summary: 'Interfaces, routes, sysctls, listeners and ipsets as JSON.', helpValue: 'ENV.json'}),
    addr: Flags.string({summary: 'An address of this machine.', helpValue: 'IFACE=ADDRESS/LENGTH', multiple: true}),
    output: outputFlag(['text', 'json', 'yaml', 'jsonl'], 'text'),
    jsonpath: jsonpathFlag,
    batch: batchFlag,
    detail: detailFlag,
    assume: suppositionFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(IptablesTrace)
    const suppositions = readSuppositions(flags.assume)
    const source = await openRules(flags)
    if (flags.batch === undefined) refuseEmpty(source, flags.file)
    for (const text of source.warnings) this.warning(text)
    const environment = await completeEnvironment(source.environment, flags.env, flags.addr)
    const prepared = prepare(source.rulesets, environment)
    const full = flags.detail === 'full'
    if (flags.batch !== undefined)
      return answerBatch(flags.batch, (value, where) => {
        const asked = parsePacketRequest(value, where)
        const options = {suppositions, explain: full, alternatives: true}
        const branches = evaluatePacket(prepared, asked.hook, asked.packet, options)
        return JSON.stringify(packetTraceDocument(asked, branches, full))
      })
    const request = packetOf(flags)
    const trace = {
      packet: request.packet,
      branches: evaluatePacket(prepared, request.hook, request.packet, {suppositions, alternatives: true}),
    }
    if (flags.output === 'text') {
      const {renderPacketTrace} = await import('../../views/iptables/trace.js')
      return write(
        renderPacketTrace(request.hook, trace, source.rulesets, {detail: flags.detail ?? 'summary', ...textOptions()}),
      )
    }
    const document = packetTraceDocument(request, trace.branches, full || flags.output !== 'jsonl')
    if (flags.output === 'jsonl') return write(`${JSON.stringify(document)}\n`)
    return write(await renderDocument(document, flags.output, flags.jsonpath))
  }
}

/** One packet through a file without rules is more likely a wrong file than a question. @throws DataError */
function refuseEmpty({rulesets}: RulesSource, files: readonly string[] | undefined): void {
  if (files === undefined || rulesets.some(({tables}) => tables.length > 0)) return
  throw new DataError(
    'is empty',
    files.join(', '),
    'Where there are no rules give what nft -j list ruleset prints: it says so',
  )
}

/** `limit=exceeded`, `ipset:NAME=yes`. @throws UsageError for what cannot be supposed */
function readSuppositions(lines: readonly string[] | undefined): Suppositions {
  const suppositions: {
    limit?: 'full' | 'exceeded'
    ipsets: Record<string, boolean>
    running: Record<string, boolean>
  } = {ipsets: {}, running: {}}
  for (const [thing, answer] of Object.entries(parseSuppositions(lines))) {
    if (thing === 'limit' && (answer === 'full' || answer === 'exceeded')) suppositions.limit = answer
    else if (thing.startsWith('ipset:') && (answer === 'yes' || answer === 'no'))
      suppositions.ipsets[thing.slice(6)] = answer === 'yes'
    else if (/^(recent:.+|time)$/.test(thing) && (answer === 'yes' || answer === 'no'))
      suppositions.running[thing] = answer === 'yes'
    else
      throw new UsageError(
        'cannot be supposed',
        `--assume ${thing}=${String(answer)}`,
        'Give limit=full|exceeded, ipset:NAME=yes|no, recent:NAME=yes|no or time=yes|no',
      )
  }
  return suppositions
}
