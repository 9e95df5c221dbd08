import {BaseCommand} from '../../cli/base-command.js'
import {ebpfSourceFlags, openEbpf} from '../../cli/ebpf-source.js'
import {Flags} from '../../cli/oclif.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../../cli/output.js'
import {textOptions} from '../../cli/terminal.js'
import {exitCode} from '../../errors.js'
import {ebpfDocument} from '../../views/ebpf/document.js'

const weights = ['info', 'warning', 'error'] as const

export default class EbpfShow extends BaseCommand {
  static override summary = 'Show eBPF programs that intercept connections, what their maps hold, and what is wrong.'
  static override description =
    `Programs are recognised by what they are: type, place of attachment and the shapes of their maps, so that names may
be other than Merbridge's. Maps are decoded: original destinations, sockets between which bytes are handed over, which
container is in the mesh, and what each pod includes and excludes. docs/interception.md explains the codes.

--pid and --cgroup ask bpftool on this node, which takes root; nothing is changed.`
  static override examples = [
    {description: 'A node of a snapshot', command: '<%= config.bin %> ebpf show --from ./capture --node node1'},
    {
      description: 'Answers of bpftool -j that were written into a folder; all noted connections',
      command: '<%= config.bin %> ebpf show -f ./bpftool --all',
    },
    {
      description: 'Containers that the programs leave alone, as JSON',
      command:
        "<%= config.bin %> ebpf show -f ./bpftool -o json --jsonpath '$.places[*].containers[?(@.inMesh==false)]'",
    },
  ]
  static override flags = {
    ...ebpfSourceFlags,
    all: Flags.boolean({summary: 'Show every noted connection and socket, not the first ten.'}),
    output: outputFlag(['text', 'json', 'yaml'], 'text'),
    jsonpath: jsonpathFlag,
    'fail-on': Flags.option({
      summary: 'Exit 79 where a problem of this severity or a graver one exists.',
      options: ['error', 'warning', 'info'] as const,
    })(),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(EbpfShow)
    const document = ebpfDocument(await openEbpf(flags))
    for (const {place, warnings} of document.places) for (const text of warnings) this.warning(`${place}: ${text}`)
    if (flags.output === 'text' && flags.jsonpath === undefined) {
      const {renderEbpf} = await import('../../views/ebpf/show.js')
      await write(renderEbpf(document, {...textOptions(), all: flags.all}))
    } else await write(await renderDocument(document, flags.output === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
    const least = flags['fail-on']
    if (
      least !== undefined &&
      document.findings.some(({severity}) => weights.indexOf(severity) >= weights.indexOf(least))
    )
      process.exitCode = exitCode.expectationNotMet
  }
}
