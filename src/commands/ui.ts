import {BaseCommand} from '../cli/base-command.js'
import {Args, Flags} from '../cli/oclif.js'
import {redactFlag} from '../cli/redacted.js'
import {screenFlags} from '../cli/screen-flags.js'
import {parseSuppositions, suppositionFlag} from '../cli/suppositions.js'
import {UsageError} from '../errors.js'

export default class Ui extends BaseCommand {
  static override summary = 'Look around in a mesh, or in one Envoy, in a terminal UI.'
  static override description =
    `Opens at the pods of a snapshot, or at the listeners of a single dump. Enter follows the way of a request: listener,
filter chain, route, cluster, endpoint, and on to the pod behind it and its rules. A colon opens other views, / filters,
t traces a request that lands on a row, ctrl-k searches everything, ? lists all keys.`
  static override examples = [
    {description: 'The embedded sample', command: '<%= config.bin %> ui'},
    {description: 'The clusters of a pod', command: '<%= config.bin %> ui productpage --view clusters --from sample'},
    {description: 'One Envoy, from its dump', command: '<%= config.bin %> ui -f config_dump.json'},
    {
      description: 'A running Envoy, read again in time',
      command: '<%= config.bin %> ui --admin localhost:15000 --watch',
    },
  ]
  static override args = {
    pod: Args.string({description: 'Pod of the snapshot to begin with: name[.namespace], namespace/name.'}),
  }
  static override flags = {
    from: Flags.string({
      summary: 'Snapshot to read: a folder, a .tar.gz of one, or the word sample (default).',
      helpValue: 'SNAPSHOT',
      exclusive: ['file'],
    }),
    file: Flags.string({
      char: 'f',
      summary: 'Answer of Envoy’s /config_dump?include_eds, also gzipped.',
      helpValue: 'FILE',
    }),
    admin: Flags.string({
      summary: 'Admin port of a running Envoy.',
      helpValue: 'HOST:PORT',
      exclusive: ['file', 'from'],
    }),
    watch: Flags.boolean({
      summary: 'Read a running Envoy again every ten seconds (R does it once).',
      default: false,
    }),
    view: Flags.string({summary: 'View to begin with: pods, listeners, clusters ...', helpValue: 'VIEW'}),
    assume: suppositionFlag,
    ...screenFlags,
    redact: redactFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Ui)
    if (!(process.stdout.isTTY && process.stdin.isTTY) || process.env['TERM'] === 'dumb')
      throw new UsageError('needs a terminal', 'ui', 'Use sidetrace pc, match or trace in pipes and scripts')
    const {openUi} = await import('../cli/open-ui.js')
    await openUi({...flags, ...args, suppositions: parseSuppositions(flags.assume)})
  }
}
