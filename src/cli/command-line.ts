import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {DataError, UsageError} from '../errors.js'
import {nearest} from './nearest.js'
import {Config, normalizeArgv} from './oclif.js'

/** The part of package.json that is changed before oclif sees it. */
interface PackageJson {
  oclif: Record<string, unknown>
}

function readPackageJson(root: string): PackageJson {
  const file = join(root, 'package.json')
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
  // Gate: our own package.json, of which oclif checks the rest.
  if (typeof parsed !== 'object' || parsed === null || !('oclif' in parsed)) throw new DataError('has no "oclif"', file)
  return parsed as PackageJson
}

/**
 * `pc` alone, or its help, is the topic that it is short for: oclif knows aliases of commands, not of topics. And `help` alone is `--help`:
 * oclif's command of that name lists aliases of commands as well.
 */
export const spelledOut = (argv: readonly string[]): string[] => {
  if (argv.length === 1 && argv[0] === 'help') return ['--help']
  const alone = argv.filter((word) => word !== 'help' && word !== '--help').join(' ') === 'pc'
  return argv.map((word) => (alone && word === 'pc' ? 'proxy-config' : word))
}

/**
 * oclif's configuration for `argv`. One of our own commands needs no plugin: they are looked for, and read, only when `argv` names none
 * (help, completion, a mistyped name), which saves a sixth of the start.
 */
export async function loadCommandLine(root: string, argv: readonly string[]): Promise<Config> {
  const pjson = readPackageJson(root)
  const load = (plugins: unknown) => {
    const options = {root, pjson: {...pjson, oclif: {...pjson.oclif, plugins}}, userPlugins: false, devPlugins: false}
    // oclif's type for `pjson` asks for members that it fills in by itself.
    return Config.load(options as unknown as Parameters<typeof Config.load>[0])
  }
  const own = await load([])
  if (findCommand(own, argv)) return own
  const all = await load(pjson.oclif['plugins'])
  refuseUnknown(all, argv)
  return all
}

const idOf = (config: Config, argv: readonly string[]): string => normalizeArgv(config, [...argv])[0] ?? ''

const findCommand = (config: Config, argv: readonly string[]) => config.findCommand(idOf(config, argv))

/** Without a terminal nobody can answer the not-found plugin's question: the nearest command is named in the error instead. */
function refuseUnknown(config: Config, argv: readonly string[]): void {
  const asksForHelp = argv.length === 0 || argv.includes('--help') || argv[0] === '--version'
  const interactive = process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY
  if (asksForHelp || interactive || findCommand(config, argv) || config.findTopic(idOf(config, argv))) return
  throw unknownCommand(config, wordsOf(argv))
}

/** What is typed before the first flag: a command's name, and perhaps its arguments. */
function wordsOf(argv: readonly string[]): string[] {
  const flag = argv.findIndex((word) => word.startsWith('-'))
  return argv.slice(0, flag < 0 ? argv.length : Math.max(1, flag))
}

function unknownCommand(config: Config, words: readonly string[]): UsageError {
  const idOfFirst = (count: number) => words.slice(0, count).join(':')
  // A command without arguments takes what follows it for a part of its name.
  const known = words.findLastIndex((_, i) => config.findCommand(idOfFirst(i + 1)) !== undefined) + 1
  if (known > 0) {
    const help = `See ${config.bin} ${words.slice(0, known).join(' ')} --help`
    return new UsageError('is one argument too many', words.slice(known).join(' '), help)
  }
  const topics = words.findIndex((_, i) => config.findTopic(idOfFirst(i + 1)) === undefined)
  const name = words.slice(0, topics + 1).join(' ')
  const names = config.commands.filter((command) => !command.hidden).map((command) => command.id.replaceAll(':', ' '))
  const [suggestion] = nearest(name, names)
  const question = suggestion === undefined ? '' : `Did you mean "${suggestion}"? `
  return new UsageError(`is not a command of ${config.bin}`, name, `${question}See ${config.bin} --help`)
}
