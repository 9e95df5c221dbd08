import {BaseCommand} from '../../cli/base-command.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {openAsked, snapshotSourceFlags} from '../../cli/snapshot-source.js'
import {contentsOf, type SnapshotContents} from '../../snapshot/contents.js'

export default class SnapshotShow extends BaseCommand {
  static override summary = 'List what a snapshot holds, and what was not captured.'
  static override description =
    `Pods with their proxy (sidecar, router or none), its version, the way in which traffic is taken over and the
captured files; nodes, services, what DNS answers, and hosts outside the mesh. What was not captured is named: a trace that
needs it makes an assumption there.`
  static override examples = [
    {description: 'The embedded sample', command: '<%= config.bin %> snapshot show --from sample'},
    {
      description: 'Pods whose traffic is taken over by TPROXY',
      command: `<%= config.bin %> snapshot show --from sample -o json --jsonpath '$.pods[?(@.interceptionMode=="TPROXY")].name'`,
    },
    {
      description: 'What was captured of one pod',
      command: `<%= config.bin %> snapshot show --from sample -o yaml --jsonpath '$.pods[0].files'`,
    },
  ]
  static override flags = {
    ...snapshotSourceFlags,
    output: outputFlag(['short', 'json', 'yaml'], 'short'),
    jsonpath: jsonpathFlag,
  }

  async run(): Promise<SnapshotContents> {
    const {flags} = await this.parse(SnapshotShow)
    const contents = contentsOf(await openAsked(flags, 'snapshot show'))
    if (flags.output === 'short' && flags.jsonpath === undefined) {
      const {renderContents} = await import('../../views/snapshot/contents.js')
      await write(renderContents(contents))
    } else await write(await renderDocument(contents, flags.output === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
    return contents
  }
}
