import {BaseCommand} from '../../cli/base-command.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {openProxy, proxySourceFlags} from '../../cli/proxy-source.js'
import {redactFlag, shown} from '../../cli/redacted.js'
import {findShadowed} from '../../xds/search/shadowed.js'

export default class Shadowed extends BaseCommand {
  static override summary = 'List routes, virtual hosts and filter chains of one Envoy that nothing can reach.'
  static override description =
    `Each with what takes its requests. Requests of every kind that exact, prefix, suffix, contains, range and presence
matchers tell apart are tried, so that "unreachable" is certain; where regular expressions or address ranges leave
something untried, it is called undecided. A route before which an HTTP filter answers every request is listed too.`
  static override examples = [
    {
      description: 'The ingress gateway of the sample',
      command: '<%= config.bin %> routes shadowed --from sample --pod istio-ingressgateway',
    },
    {
      description: 'What is certain, as JSON',
      command: `<%= config.bin %> routes shadowed -f config_dump.json -o json --jsonpath '$.findings[?(@.reachable=="no")].path'`,
    },
  ]
  static override flags = {
    ...proxySourceFlags,
    output: outputFlag(['text', 'json', 'yaml'], 'text'),
    jsonpath: jsonpathFlag,
    redact: redactFlag,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Shadowed)
    const {proxy} = await openProxy(flags)
    for (const text of shown(proxy.dump.warnings, flags.redact)) this.warning(text)
    const findings = shown(findShadowed(proxy), flags.redact)
    if (flags.output === 'text' && flags.jsonpath === undefined) {
      const {renderShadowed} = await import('../../views/text/routes.js')
      return write(renderShadowed(findings))
    }
    const document = {apiVersion: 'sidetrace/v1', kind: 'Shadowed', findings}
    return write(await renderDocument(document, flags.output === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
  }
}
