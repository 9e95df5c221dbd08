import {type ClusterFlags, clusterFlags, openCluster, pointOf} from '../../cli/cluster-flags.js'
import {Flags} from '../../cli/oclif.js'
import {write} from '../../cli/output.js'
import {aliasesOf, ProxyConfigCommand} from '../../cli/proxy-config/command.js'
import {podArgument} from '../../cli/proxy-config/input.js'
import {checkLoggers, levelPaths, loggerNames, parseLevels} from '../../cli/proxy-config/log-levels.js'
import {UsageError} from '../../errors.js'
import {type AdminPoint, askBytes} from '../../sources/admin-point.js'
import {printable} from '../../views/printable.js'

/** The level that an Istio proxy starts with where nothing else is configured. */
const usualLevel = 'warning'

export default class Log extends ProxyConfigCommand {
  static override summary = 'Show or set the log levels of an Envoy.'
  static override description = 'Nothing is sent before all levels and loggers have proved to be known.'
  static override aliases = aliasesOf('log', 'o')
  static override args = podArgument
  static override flags = {
    admin: Flags.string({summary: 'Ask the Envoy whose admin port this is.', helpValue: 'HOST:PORT'}),
    ...clusterFlags,
    selector: Flags.string({char: 'l', summary: 'All pods with these labels.', helpValue: 'LABELS'}),
    level: Flags.string({
      summary: 'Set LEVEL for all loggers, or LOGGER:LEVEL for one; several with commas.',
      helpValue: 'LEVEL|LOGGER:LEVEL,...',
    }),
    reset: Flags.boolean({char: 'r', summary: `Set all loggers back to ${usualLevel}.`, default: false, allowNo: true}),
  }
  static override examples = [
    '<%= config.bin %> pc log deploy/reviews-v1 --context prod --level warning,http:debug,rbac:debug',
    '<%= config.bin %> pc log -l app=reviews -n default --context prod --reset',
    '<%= config.bin %> pc log --admin localhost:15000',
  ]

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Log)
    if (flags.reset && flags.level !== undefined)
      throw new UsageError('takes either --level or --reset', 'proxy-config log')
    const changes = parseLevels(flags.reset ? usualLevel : (flags.level ?? usualLevel))
    const points = await openPoints(args.pod, flags)
    const before = await Promise.all(points.map((point) => post(point, '/logging')))
    for (const answer of before) checkLoggers(changes, loggerNames(answer))
    const paths = flags.reset || flags.level !== undefined ? levelPaths(changes) : []
    for (const [index, point] of points.entries()) {
      let answer = before[index] ?? ''
      for (const path of paths) answer = await post(point, path)
      await write(`${point.where}:\n${printable(answer)}`)
    }
  }
}

const post = async (point: AdminPoint, path: string): Promise<string> =>
  Buffer.from(await askBytes(point, path, {method: 'POST'})).toString()

interface LogFlags extends ClusterFlags {
  admin?: string | undefined
  selector?: string | undefined
}

/** The Envoys that are meant: the one behind a port, a pod's, all of a workload, or all with a label. @throws UsageError, SourceError */
async function openPoints(pod: string | undefined, flags: LogFlags): Promise<AdminPoint[]> {
  const {admin, selector} = flags
  if ([pod, admin, selector].filter((given) => given !== undefined).length !== 1)
    throw new UsageError('takes one of POD, -l and --admin', 'proxy-config log')
  if (admin !== undefined) return [(await import('../../sources/admin-port.js')).adminPort(admin)]
  const [cluster, {findClusterPods, selectPods}] = await Promise.all([
    openCluster(flags),
    import('../../sources/kubernetes/find-pods.js'),
  ])
  const pods =
    pod === undefined
      ? await selectPods(cluster, flags.namespace ?? cluster.namespace, selector)
      : await findClusterPods(cluster, pod, flags.namespace)
  return Promise.all(pods.map((found) => pointOf(cluster, found, flags)))
}
