import {BaseCommand} from '../../cli/base-command.js'
import {Flags} from '../../cli/oclif.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {openAsked, snapshotSourceFlags} from '../../cli/snapshot-source.js'
import {UsageError} from '../../errors.js'
import {exportDocument, exportFiles, type Selection} from '../../snapshot/export.js'
import {findPod} from '../../snapshot/pod-name.js'
import type {Redaction} from '../../snapshot/redact.js'
import {isSectionName, sectionNames} from '../../snapshot/section.js'
import {renderRedactions} from '../../views/snapshot/redactions.js'

export default class SnapshotExport extends BaseCommand {
  static override summary = 'Take a snapshot out, or a part of it: one pod, one section, or a JSONPath.'
  static override description =
    `Writes to standard output, to a JSON file, or with --out to a snapshot folder or archive that every command reads
again. One section of one pod is that document itself: a config dump stays one and can be passed on with -f.

Private keys, tokens, passwords and whatever else is a secret by its field, name or look are replaced by [redacted]; each
place is named on standard error. --no-redact leaves them in, in files that only their owner may read.`
  static override examples = [
    {
      description: 'The listeners of one pod, as a dump that -f takes',
      command: '<%= config.bin %> snapshot export --from sample --pod productpage --section listeners',
    },
    {
      description: 'The names of all clusters of all pods',
      command: `<%= config.bin %> snapshot export --from sample --section clusters --jsonpath '$..cluster.name'`,
    },
    {
      description: 'The rules of a pod that was set up by native nftables',
      command: '<%= config.bin %> snapshot export --from sample --pod deploy/ratings-v1 --section rules',
    },
    {
      description: 'One pod and its node as an archive to send to somebody',
      command: '<%= config.bin %> snapshot export --from sample --pod reviews-v2 --out reviews-v2.tar.gz',
    },
  ]
  static override flags = {
    ...snapshotSourceFlags,
    pod: Flags.string({
      summary: 'Only this pod: name[.namespace], type/name, namespace/name or a unique prefix.',
      helpValue: 'POD',
    }),
    section: Flags.string({summary: `Only this section: ${sectionNames.join(', ')}.`, helpValue: 'SECTION'}),
    out: Flags.string({
      summary: 'Write to a new folder, a .tar.gz or a .json file; whole or not at all.',
      helpValue: 'FOLDER|FILE',
    }),
    force: Flags.boolean({summary: 'Replace what --out names.', dependsOn: ['out']}),
    'no-redact': Flags.boolean({summary: 'Leave secrets in.'}),
    output: outputFlag(['json', 'yaml'], 'json'),
    jsonpath: jsonpathFlag,
  }

  async run(): Promise<unknown> {
    const {flags} = await this.parse(SnapshotExport)
    const {out, jsonpath, output, force} = flags
    const isDocument = out === undefined || /\.(?:json|ya?ml)$/.test(out)
    if (!isDocument && jsonpath !== undefined)
      throw new UsageError('selects no files', '--jsonpath', 'Pass --out FILE.json, or leave --out away')
    if (out !== undefined && /\.(?:tar|zip|gz|xz|7z)$/.test(out) && !out.endsWith('.tar.gz'))
      throw new UsageError('is no form that can be written', `--out ${out}`, 'Pass a folder, FILE.tar.gz or FILE.json')
    const section = sectionOf(flags.section)
    const snapshot = await openAsked(flags, 'snapshot export')
    const pod = flags.pod === undefined ? null : findPod(snapshot.document, flags.pod)
    const selection: Selection = {pod, section, redact: !flags['no-redact']}
    const options = {force, secret: flags['no-redact']}
    if (!isDocument) return this.writeFiles(out, exportFiles(snapshot, selection), options)
    const {value, report} = exportDocument(snapshot, selection)
    const text = await renderDocument(value, output, jsonpath)
    if (out === undefined) await write(text)
    else {
      const {writeText} = await import('../../sources/write-snapshot.js')
      await writeText(out, text, options)
    }
    this.report(report)
    return value
  }

  /** Returns what was redacted: the files are what was asked for. */
  private async writeFiles(
    out: string,
    files: ReturnType<typeof exportFiles>,
    options: {force: boolean; secret: boolean},
  ): Promise<Redaction[]> {
    const {writeSnapshot} = await import('../../sources/write-snapshot.js')
    const report: Redaction[] = []
    const reported = function* () {
      for (const file of files) {
        report.push(...file.report)
        yield file
      }
    }
    await writeSnapshot(out, reported(), options)
    this.report(report)
    return report
  }

  private report(report: Redaction[]): void {
    process.stderr.write(renderRedactions(report))
  }
}

function sectionOf(name: string | undefined): Selection['section'] {
  if (name === undefined) return null
  if (isSectionName(name)) return name
  throw new UsageError('is no section', `--section ${name}`, `Choose one of ${sectionNames.join(', ')}`)
}
