import {BaseCommand} from '../../cli/base-command.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {openRules, rulesSourceFlags} from '../../cli/rules-source.js'
import {textOptions} from '../../cli/terminal.js'
import {DataError} from '../../errors.js'
import {overviewOf} from '../../netfilter/rule-overview.js'
import {rulesDocument} from '../../views/iptables/rules-document.js'

export default class IptablesShow extends BaseCommand {
  static override summary = 'Show netfilter rules, with a plain sentence for each rule of Istio and kube-proxy.'
  static override description =
    `Every rule with its table, chain, number and counters, what it is for and who made it. Reads iptables-save,
iptables -S, iptables -L -v, nft list ruleset as text or JSON, and the log of Istio's init container.`
  static override examples = [
    {
      description: 'The rules of a pod of the running cluster, as its init container made them',
      command: '<%= config.bin %> iptables show --pod deploy/productpage --context prod',
    },
    {
      description: 'The rules of productpage’s network namespace',
      command: '<%= config.bin %> iptables show --from sample --pod productpage',
    },
    {
      description: 'Rules that have counted packets, as JSON',
      command:
        "<%= config.bin %> iptables show --from sample --pod sleep -o json --jsonpath '$.chains[*].rules[?(@.packets>0)].name'",
    },
  ]
  static override flags = {
    ...rulesSourceFlags,
    output: outputFlag(['short', 'json', 'yaml'], 'short'),
    jsonpath: jsonpathFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(IptablesShow)
    const {rulesets, warnings} = await openRules(flags)
    if (
      flags.file !== undefined &&
      rulesets.every(({tables, format}) => tables.length === 0 && format === 'nft text')
    ) {
      throw new DataError(
        'is empty',
        flags.file.join(', '),
        'Where there are no rules give what nft -j list ruleset prints: it says so',
      )
    }
    for (const text of warnings) this.warning(text)
    const chains = overviewOf(rulesets)
    if (flags.output === 'short' && flags.jsonpath === undefined) {
      const {renderRules} = await import('../../views/iptables/show.js')
      return write(renderRules(chains, textOptions().width))
    }
    const format = flags.output === 'yaml' ? 'yaml' : 'json'
    return write(await renderDocument(rulesDocument(rulesets, chains), format, flags.jsonpath))
  }
}
