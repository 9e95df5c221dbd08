import {BaseCommand} from '../cli/base-command.js'
import {type Candidate, candidatesAt} from '../cli/completion/candidates.js'
import {type CommandModel, positionOf} from '../cli/completion/position.js'
import {write} from '../cli/output.js'
import {printableLine} from '../views/printable.js'

/** What the scripts of `completion` call. Names that cannot be read are left out, with the reason on stderr, which the scripts drop. */
export default class Complete extends BaseCommand {
  static override summary = 'Print what can stand at the cursor of a command line.'
  static override description =
    'Give the words behind "sidetrace", the one at the cursor last, empty where it is not begun.'
  static override hidden = true
  static override strict = false
  static override examples = ['<%= config.bin %> complete -- pc listener --from sample ""']

  async run(): Promise<void> {
    const words = this.argv.slice(this.argv.indexOf('--') + 1)
    const forKubectl = this.argv[0] === '--kubectl'
    const partial = unquoted(words.at(-1) ?? '')
    // oclif lists each alias as a command of its own too.
    const commands = this.config.commands.filter(({id, aliases}) => !aliases.includes(id)).map(modelOf)
    const topics = new Map(this.config.topics.map(({name, description = ''}) => [name, description]))
    const position = positionOf(commands, words.slice(0, -1).map(unquoted), partial)
    const {known, files, names} = candidatesAt({commands, topics}, position)
    const looked = names === null || !('given' in position) ? [] : await this.lookUp(names, position.given)
    const before = position.kind === 'flag-value' ? position.before : ''
    const all = [...known, ...looked.map((value) => ({value: before + value, description: ''}))]
    const lines = all.filter(({value}) => value.startsWith(partial)).map(lineOf)
    const shown = forKubectl ? [...lines, files ? filesToo : namesAlone] : [...(files ? [':files'] : []), ...lines]
    return write(shown.map((line) => `${line}\n`).join(''))
  }

  private async lookUp(...[kind, given]: Parameters<typeof import('../cli/completion/names.js').namesOf>) {
    try {
      const {namesOf} = await import('../cli/completion/names.js')
      return [...new Set(await namesOf(kind, given))].sort()
    } catch (error) {
      this.warning(error instanceof Error ? error.message : String(error))
      return []
    }
  }
}

// The last line that kubectl expects of a plugin's completion: a directive of the cobra library.
const filesToo = ':0'
const namesAlone = ':4'

/** A word as the shell would pass it: what is typed may be quoted. */
const unquoted = (word: string): string => word.replace(/^(["'])(.*?)\1?$/s, '$2').replace(/\\(.)/gs, '$1')

const lineOf = ({value, description}: Candidate): string =>
  [value, ...(description === '' ? [] : [description])].map((text) => printableLine(text)).join('\t')

const modelOf = (command: Complete['config']['commands'][number]): CommandModel => ({
  id: command.id,
  aliases: command.aliases,
  hidden: command.hidden,
  summary: command.summary ?? '',
  args: Object.keys(command.args ?? {}),
  flags: Object.values(command.flags ?? {}),
})
