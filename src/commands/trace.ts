import {BaseCommand} from '../cli/base-command.js'
import {batchFlag, batchLines} from '../cli/batch.js'
import {Args, Flags} from '../cli/oclif.js'
import {jsonpathFlag, optionalOutputFlag, renderDocument, write} from '../cli/output.js'
import {parseSuppositions, suppositionFlag} from '../cli/suppositions.js'
import {requestOf} from '../cli/trace-request.js'
import type {Trace as TraceAnswer} from '../trace/trace.js'

const formats = ['tui', 'text', 'json', 'yaml', 'jsonl'] as const

export default class Trace extends BaseCommand {
  static override summary = 'Follow a request through both pods: rules, proxies, endpoints, and why.'
  static override description =
    `Walks one request from the client's socket through its pod's netfilter rules and Envoy, the node, the server's
rules and Envoy, to the app. Everything is read from a snapshot; what the snapshot cannot tell is named as an assumption,
and what chance decides becomes branches with their probabilities.

Without arguments the embedded sample is traced: productpage asks reviews as the user jason.`
  static override examples = [
    {description: 'The embedded sample, in a terminal UI', command: '<%= config.bin %> trace -o tui --from sample'},
    {
      description: 'The same as text, every candidate shown',
      command: "<%= config.bin %> trace productpage http://reviews:9080/reviews/0 -H 'end-user: jason' --detail full",
    },
    {
      description: 'A request that is refused',
      command: '<%= config.bin %> trace productpage http://ratings:9080/ratings/0 -o text',
    },
    {description: 'Plain TCP', command: '<%= config.bin %> trace productpage --tcp tcp-echo:7070 -o text'},
    {
      description: 'Where the ways end, as JSON',
      command: "<%= config.bin %> trace productpage http://reviews:9080/ -o json --jsonpath '$.branches[*].outcome'",
    },
  ]
  static override args = {
    client: Args.string({
      description: 'Pod that asks: name[.namespace], type/name, namespace/name or a unique prefix.',
    }),
    url: Args.string({description: 'URL that it asks for, path as typed.'}),
  }
  static override flags = {
    from: Flags.string({
      summary: 'Snapshot to read: a folder, a .tar.gz of one, or the word sample.',
      helpValue: 'SNAPSHOT',
      default: 'sample',
    }),
    method: Flags.string({char: 'X', summary: 'HTTP method.', helpValue: 'METHOD'}),
    header: Flags.string({
      char: 'H',
      summary: "Header line, 'name: value'; 'name:' leaves one out.",
      multiple: true,
      helpValue: 'LINE',
    }),
    insecure: Flags.boolean({char: 'k', summary: 'Taken as curl does; certificates of servers are not judged here.'}),
    'http1.0': Flags.boolean({summary: 'Speak HTTP/1.0.'}),
    'http2-prior-knowledge': Flags.boolean({summary: 'Speak HTTP/2 without an upgrade.'}),
    resolve: Flags.string({summary: 'Connect to ADDR for HOST:PORT.', helpValue: 'HOST:PORT:ADDR'}),
    tcp: Flags.string({summary: 'Open a TCP connection instead of asking a URL.', helpValue: 'HOST:PORT'}),
    data: Flags.string({
      summary: 'What the TCP client sends first; without it it stays silent.',
      helpValue: 'TEXT',
      dependsOn: ['tcp'],
    }),
    uid: Flags.integer({summary: "User of the client's process (default: the pod's app user, else 1000)."}),
    gid: Flags.integer({summary: "Group of the client's process (default: as uid)."}),
    batch: batchFlag,
    detail: Flags.option({
      summary: 'How much text: one line a hop, the reasons, or every candidate.',
      options: ['minimal', 'summary', 'full'] as const,
      default: 'summary',
    })(),
    assume: suppositionFlag,
    output: optionalOutputFlag(formats),
    jsonpath: jsonpathFlag,
  }

  async run(): Promise<TraceAnswer | undefined> {
    const {args, flags} = await this.parse(Trace)
    const [{openSnapshot}, {buildMesh}, {walk}] = await Promise.all([
      import('../sources/open-snapshot.js'),
      import('../trace/mesh.js'),
      import('../trace/walk.js'),
    ])
    const mesh = buildMesh(await openSnapshot(flags.from))
    const suppositions = parseSuppositions(flags.assume)
    if (flags.batch !== undefined) {
      const {parseTraceRequest} = await import('../trace/parse-request.js')
      const explain = flags.detail === 'full'
      for await (const {value, where} of batchLines(flags.batch))
        await write(
          `${JSON.stringify(documentOf(walk(mesh, parseTraceRequest(value, where), {suppositions, explain})))}\n`,
        )
      return undefined
    }
    const request = requestOf(mesh.snapshot.document, args, flags)
    const follow = (asked: typeof request) => walk(mesh, asked, {suppositions})
    const format = flags.output ?? (process.stdout.isTTY && process.stdin.isTTY ? 'tui' : 'text')
    if (format === 'tui') {
      const {openTrace} = await import('../cli/open-trace.js')
      await openTrace(mesh, request, follow)
      return undefined
    }
    const trace = follow(request)
    if (format === 'text' && flags.jsonpath === undefined) {
      const {renderTraceText} = await import('../views/text/trace.js')
      const {textOptions} = await import('../cli/terminal.js')
      const {captureFacts} = await import('../cli/capture-facts.js')
      const capture = captureFacts(mesh.snapshot)
      await write(renderTraceText(trace, {...textOptions(), detail: flags.detail, capture}))
    } else if (format === 'jsonl') await write(`${JSON.stringify(documentOf(trace))}\n`)
    else await write(await renderDocument(documentOf(trace), format === 'yaml' ? 'yaml' : 'json', flags.jsonpath))
    return trace
  }
}

const documentOf = (trace: TraceAnswer) => ({apiVersion: 'sidetrace/v1', kind: 'Trace', ...trace})
