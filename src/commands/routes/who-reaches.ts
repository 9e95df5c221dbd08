import {BaseCommand} from '../../cli/base-command.js'
import {Args} from '../../cli/oclif.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {openProxy, proxySourceFlags} from '../../cli/proxy-source.js'
import {redactFlag, shown} from '../../cli/redacted.js'
import {whoReaches} from '../../xds/search/who-reaches.js'

export default class WhoReaches extends BaseCommand {
  static override summary = 'List the requests that can reach a cluster, subset or endpoint of one Envoy.'
  static override description =
    `Every route and TCP proxy that sends there, with what it asks of the request, the part of the requests that goes there,
and a request that comes that far. Routes before it are taken into account, and whether HTTP filters let that request pass. Where a regular
expression leaves it open whether any request gets there, the way is called undecided.`
  static override examples = [
    {
      description: 'Who is sent to reviews v2',
      command: "<%= config.bin %> routes who-reaches 'outbound|9080|v2|reviews' --from sample --pod productpage",
    },
    {
      description: 'Which requests end at one pod',
      command: '<%= config.bin %> routes who-reaches 10.10.0.15:9080 --from sample --pod productpage',
    },
    {
      description: 'The matching requests alone',
      command:
        "<%= config.bin %> routes who-reaches ratings --from sample --pod reviews-v2 -o json --jsonpath '$.ways[*].example'",
    },
  ]
  static override args = {
    target: Args.string({
      required: true,
      description: 'A cluster or a part of its name, labels KEY=VALUE of endpoints, or IP:PORT.',
    }),
  }
  static override flags = {
    ...proxySourceFlags,
    output: outputFlag(['text', 'json', 'yaml'], 'text'),
    jsonpath: jsonpathFlag,
    redact: redactFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(WhoReaches)
    const {proxy} = await openProxy(flags)
    for (const text of shown(proxy.dump.warnings, flags.redact)) this.warning(text)
    const found = shown(whoReaches(proxy, args.target), flags.redact)
    if (flags.output === 'text' && flags.jsonpath === undefined) {
      const {renderWhoReaches} = await import('../../views/text/routes.js')
      return write(renderWhoReaches(found))
    }
    const document = {apiVersion: 'sidetrace/v1', kind: 'WhoReaches', ...found}
    return write(await renderDocument(document, flags.output === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
  }
}
