import {BaseCommand} from '../cli/base-command.js'
import {outputFlag, write} from '../cli/output.js'

export default class Match extends BaseCommand {
  static override summary = 'Put one connection or request to one Envoy dump.'
  static override flags = {output: outputFlag(['text', 'json', 'yaml', 'jsonl'], 'text')}

  async run(): Promise<void> {
    const {flags} = await this.parse(Match)
    await write(`${flags.output}\n`)
  }
}
