import {BaseCommand} from '../cli/base-command.js'
import {completionScripts, shells} from '../cli/completion/scripts.js'
import {Args} from '../cli/oclif.js'
import {write} from '../cli/output.js'

export default class Completion extends BaseCommand {
  static override summary = 'Print a script that lets a shell complete commands, flags, pods, clusters and routes.'
  static override description =
    'Pods, namespaces, clusters and routes are those of --from or -f where these were typed, else of the current context; names of a cluster ' +
    'are kept for half a minute.'
  static override args = {shell: Args.string({description: 'bash, zsh or fish.', options: shells, required: true})}
  static override examples = [
    {description: 'For ~/.bashrc', command: '<%= config.bin %> completion bash'},
    {
      description: 'For fish, into ~/.config/fish/completions/sidetrace.fish',
      command: '<%= config.bin %> completion fish > sidetrace.fish',
    },
  ]

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const shell = shells.find((known) => known === args.shell) ?? 'bash'
    return write(completionScripts[shell])
  }
}
