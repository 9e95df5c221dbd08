import {Flags} from '../../cli/oclif.js'
import {write} from '../../cli/output.js'
import {aliasesOf, ProxyConfigCommand} from '../../cli/proxy-config/command.js'
import {checkLoggers, levelPaths, loggerNames, parseLevels} from '../../cli/proxy-config/log-levels.js'
import {UsageError} from '../../errors.js'
import {fetchAdminBytes} from '../../sources/admin-port.js'
import {printable} from '../../views/printable.js'

/** The level that an Istio proxy starts with where nothing else is configured. */
const usualLevel = 'warning'

export default class Log extends ProxyConfigCommand {
  static override summary = 'Show or set the log levels of an Envoy.'
  static override description = 'Nothing is sent before all levels and loggers have proved to be known.'
  static override aliases = aliasesOf('log', 'o')
  static override flags = {
    admin: Flags.string({summary: 'Ask the Envoy whose admin port this is.', helpValue: 'HOST:PORT', required: true}),
    level: Flags.string({
      summary: 'Set LEVEL for all loggers, or LOGGER:LEVEL for one; several with commas.',
      helpValue: 'LEVEL|LOGGER:LEVEL,...',
    }),
    reset: Flags.boolean({char: 'r', summary: `Set all loggers back to ${usualLevel}.`, default: false, allowNo: true}),
  }
  static override examples = [
    '<%= config.bin %> pc log --admin localhost:15000',
    '<%= config.bin %> pc log --admin localhost:15000 --level warning,http:debug,rbac:debug',
  ]

  async run(): Promise<void> {
    const {flags} = await this.parse(Log)
    if (flags.reset && flags.level !== undefined)
      throw new UsageError('takes either --level or --reset', 'proxy-config log')
    const changes = parseLevels(flags.reset ? usualLevel : (flags.level ?? usualLevel))
    const post = async (path: string) =>
      Buffer.from(await fetchAdminBytes(flags.admin, path, {method: 'POST'})).toString()
    let answer = await post('/logging')
    checkLoggers(changes, loggerNames(answer))
    const paths = flags.reset || flags.level !== undefined ? levelPaths(changes) : []
    for (const path of paths) answer = await post(path)
    await write(`${flags.admin}:\n${printable(answer)}`)
  }
}
