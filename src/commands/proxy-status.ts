import {BaseCommand} from '../cli/base-command.js'
import {clusterFlags} from '../cli/cluster-flags.js'
import {Args, Flags} from '../cli/oclif.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../cli/output.js'
import {redactFlag, shown} from '../cli/redacted.js'
import {textOptions} from '../cli/terminal.js'
import {proxyStatusDocument} from '../views/json/proxy-status.js'
import {judge} from '../xds/status/judge.js'

export default class ProxyStatus extends BaseCommand {
  static override summary = 'List every proxy: version, age, counts, what it rejected, and who is behind the others.'
  static override description =
    `Asks all proxies for what they hold. AGE is the time since a proxy last took a resource. A proxy is REJECTED where it
refused something that the control plane sent, and STALE where others of the same control plane have listeners,
clusters or routes of a push that is more than a minute newer.`
  static override aliases = ['ps']
  static override examples = [
    {description: 'All proxies of the sample', command: '<%= config.bin %> proxy-status --from sample'},
    {
      description: 'Those of one namespace of a cluster',
      command: '<%= config.bin %> ps -n default --context prod',
    },
    {
      description: 'What was rejected, and why',
      command: "<%= config.bin %> ps --from sample -o json --jsonpath '$.proxies[*].rejected[*]'",
    },
  ]
  static override args = {
    pod: Args.string({description: 'One pod, or a workload: name[.namespace], type/name[.namespace].'}),
  }
  static override flags = {
    from: Flags.string({
      summary: 'Snapshot folder, a .tar.gz of one, or the word sample; without it the running cluster is asked.',
      helpValue: 'SNAPSHOT',
    }),
    ...clusterFlags,
    namespace: Flags.string({char: 'n', summary: 'Only this namespace.', helpValue: 'NAMESPACE'}),
    'all-namespaces': Flags.boolean({
      char: 'A',
      summary: 'Those of all namespaces, as without -n.',
      exclusive: ['namespace'],
    }),
    selector: Flags.string({
      char: 'l',
      summary: 'Only pods with these labels.',
      helpValue: 'LABELS',
      exclusive: ['from'],
    }),
    headers: Flags.boolean({summary: 'Print the line of column titles.', default: true, allowNo: true}),
    output: outputFlag(['short', 'json', 'yaml'], 'short'),
    jsonpath: jsonpathFlag,
    redact: redactFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ProxyStatus)
    const {readProxyStates} = await import('../cli/proxy-states.js')
    const {found, asOf} = await readProxyStates(args.pod, flags)
    const states = found.flatMap((one) => ('state' in one ? [[one.pod, one.state] as const] : []))
    const document = shown(proxyStatusDocument(found, judge(new Map(states)), asOf), flags.redact)
    if (flags.output !== 'short' || flags.jsonpath !== undefined)
      return write(await renderDocument(document, flags.output === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
    const [{renderTable}, {proxyStatusTable}] = await Promise.all([
      import('../views/table/column.js'),
      import('../views/table/proxy-status.js'),
    ])
    const {colour, width} = textOptions()
    const fitted = process.stdout.isTTY ? {width} : {}
    const {text} = renderTable(proxyStatusTable(document.proxies), {
      padding: 2,
      headers: flags.headers,
      colour,
      ...fitted,
    })
    return write(text)
  }
}
