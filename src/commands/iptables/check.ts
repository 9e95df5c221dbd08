import {BaseCommand} from '../../cli/base-command.js'
import {Flags} from '../../cli/oclif.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {openRulesPlaces} from '../../cli/rules-places.js'
import {rulesSourceFlags} from '../../cli/rules-source.js'
import {textOptions} from '../../cli/terminal.js'
import {exitCode} from '../../errors.js'
import {checkRules, isAtLeast} from '../../netfilter/check/check-rules.js'
import {checkDocument} from '../../views/iptables/check-document.js'

export default class IptablesCheck extends BaseCommand {
  static override summary =
    'Find what is wrong with netfilter rules: dead rules, loops, ports past the proxy, conflicts.'
  static override description =
    `Whether a rule can match is decided over all packets there are, not by samples; what cannot be decided is said.
How a pod's traffic is intercepted is compared with what its annotations and its istio-iptables command ask for.
Without --pod or --node all pods and nodes of the snapshot are checked. docs/iptables-check.md explains the codes.`
  static override examples = [
    {
      description: 'All pods and nodes of the sample; exit 79 where something is broken',
      command: '<%= config.bin %> iptables check --from sample --fail-on error',
    },
    {
      description: 'Rules of productpage that never match, with the rules that take their packets, as JSON',
      command:
        '<%= config.bin %> iptables check --from sample --pod productpage -o json --jsonpath \'$.findings[?(@.code=="ST-IPT-001")].evidence\'',
    },
    {
      description: 'The rules of a file',
      command: '<%= config.bin %> iptables check -f iptables-save.txt',
    },
  ]
  static override flags = {
    ...rulesSourceFlags,
    output: outputFlag(['text', 'json', 'yaml'], 'text'),
    jsonpath: jsonpathFlag,
    'fail-on': Flags.option({
      summary: 'Exit 79 where a finding of this severity or a graver one exists.',
      options: ['error', 'warning', 'info'] as const,
    })(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(IptablesCheck)
    const places = await openRulesPlaces(flags)
    for (const {source} of places) for (const text of source.warnings) this.warning(text)
    const document = checkDocument(
      places.map(({name, source, pod}) => ({
        place: name,
        result: checkRules(source.rulesets, source.environment, pod),
      })),
    )
    if (flags.output === 'text' && flags.jsonpath === undefined) {
      const {renderCheck} = await import('../../views/iptables/check.js')
      await write(renderCheck(document, textOptions()))
    } else await write(await renderDocument(document, flags.output === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
    const least = flags['fail-on']
    if (least !== undefined && document.findings.some(({severity}) => isAtLeast(severity, least)))
      process.exitCode = exitCode.expectationNotMet
  }
}
