import {answerVerification, verifyFlags} from '../cli/answer-verification.js'
import {BaseCommand} from '../cli/base-command.js'
import {answerBatch, batchFlag} from '../cli/batch.js'
import {clusterFlags} from '../cli/cluster-flags.js'
import {debugFlags} from '../cli/debug-flags.js'
import {expectationFlag, meetExpectations} from '../cli/expectations.js'
import {compareInterceptionFlag} from '../cli/interception-comparison.js'
import {Args, Flags} from '../cli/oclif.js'
import {jsonpathFlag, optionalOutputFlag, renderDocument, write} from '../cli/output.js'
import {redactFlag, shown} from '../cli/redacted.js'
import {type ScreenFlags, screenFlags} from '../cli/screen-flags.js'
import {parseSuppositions, suppositionFlag} from '../cli/suppositions.js'
import type {TraceComparison} from '../cli/trace-comparison.js'
import type {FormatForPeople} from '../cli/trace-for-people.js'
import {requestOf} from '../cli/trace-request.js'
import type {Mesh} from '../trace/mesh.js'
import type {TraceRequest} from '../trace/request.js'
import type {Trace as TraceAnswer} from '../trace/trace.js'
import type {WhyNot} from '../trace/why-not.js'
import type {Suppositions} from '../xds/match/request.js'

const formats = ['tui', 'text', 'json', 'yaml', 'jsonl', 'mermaid', 'svg', 'html'] as const

/** Formats that a person looks at, made from the trace in words. */
const isForPeople = (format: (typeof formats)[number]): format is FormatForPeople =>
  format === 'text' || format === 'mermaid' || format === 'svg' || format === 'html'

export default class Trace extends BaseCommand {
  static override summary = 'Follow a request through both pods: rules, proxies, endpoints, and why.'
  static override description =
    `Walks one request from the client's socket through its pod's netfilter rules and Envoy, the node, the server's
rules and Envoy, to the app. Everything is read from a snapshot, or from the running cluster; what it cannot tell is named as an assumption,
and what chance decides becomes branches with their probabilities.

Without arguments the embedded sample is traced: productpage asks reviews as the user jason.`
  static override examples = [
    {
      description: 'A pod of the running cluster',
      command: '<%= config.bin %> trace deploy/productpage http://reviews:9080/reviews/0 -n default --context prod',
    },
    {description: 'The embedded sample, in a terminal UI', command: '<%= config.bin %> trace -o tui --from sample'},
    {
      description: 'The same as text, every candidate shown',
      command:
        "<%= config.bin %> trace productpage --from sample http://reviews:9080/reviews/0 -H 'end-user: jason' --detail full",
    },
    {
      description: 'A request that is refused',
      command: '<%= config.bin %> trace productpage --from sample http://ratings:9080/ratings/0 -o text',
    },
    {
      description: 'What would bring a request to another version',
      command: '<%= config.bin %> trace productpage --from sample http://reviews:9080/reviews/0 --why-not v2',
    },
    {
      description: 'Without the rule that lets the proxy out: a what-if, shown against the captured state',
      command: "<%= config.bin %> trace --from sample --what-if 'disable nat:ISTIO_OUTPUT:rule:6 in productpage'",
    },
    {
      description: 'An expectation for CI: exit 79 where it is not met',
      command:
        "<%= config.bin %> trace productpage --from sample http://reviews:9080/ -o text --expect 'delivered to reviews-v1 80%'",
    },
    {
      description: 'Plain TCP',
      command: '<%= config.bin %> trace productpage --from sample --tcp tcp-echo:7070 -o text',
    },
    {
      description: 'A Dubbo call that two MOSNs take over, as a registry tells the apps',
      command:
        '<%= config.bin %> trace caller dubbo://127.0.0.1:20882/com.alibaba.boot.demo.DemoService --from sample-mosn -o text',
    },
    {
      description: 'Where the ways end, as JSON',
      command:
        "<%= config.bin %> trace productpage --from sample http://reviews:9080/ -o json --jsonpath '$.branches[*].outcome'",
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
      summary: 'Snapshot to read: a folder, a .tar.gz of one, or the word sample. Twice: compare the two.',
      description:
        'Without it CLIENT is a pod of the running cluster, where there is a kubeconfig; else, and without CLIENT, the embedded sample is read.',
      helpValue: 'SNAPSHOT',
      multiple: true,
    }),
    ...clusterFlags,
    ...debugFlags,
    ...verifyFlags,
    watch: Flags.boolean({
      summary: 'Read the mesh and trace again every two seconds, as text with its age, changed lines marked.',
      exclusive: ['verify', 'batch', 'diff', 'why-not', 'what-if', 'expect', 'compare-interception'],
    }),
    method: Flags.string({char: 'X', summary: 'HTTP method, or that of a Dubbo or bolt call.', helpValue: 'METHOD'}),
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
    protocol: Flags.option({
      summary: 'Make a call of an RPC protocol that a MOSN reads, to the address of --tcp.',
      options: ['dubbo', 'bolt'] as const,
      dependsOn: ['service', 'tcp'],
    })(),
    service: Flags.string({summary: 'Service of a Dubbo or bolt call.', helpValue: 'NAME'}),
    tcp: Flags.string({summary: 'Open a TCP connection instead of asking a URL.', helpValue: 'HOST:PORT'}),
    data: Flags.string({
      summary: 'What the TCP client sends first; without it it stays silent.',
      helpValue: 'TEXT',
      dependsOn: ['tcp'],
    }),
    uid: Flags.integer({summary: "User of the client's process (default: the pod's app user, else 1000)."}),
    gid: Flags.integer({summary: "Group of the client's process (default: as uid)."}),
    connection: Flags.option({
      summary:
        'Whether the connections on the way are opened for this request, or open already: then no nat rule is asked.',
      options: ['new', 'reused'] as const,
      default: 'new',
    })(),
    batch: batchFlag,
    detail: Flags.option({
      summary: 'How much text: one line a hop, the reasons, or every candidate.',
      options: ['minimal', 'summary', 'full'] as const,
      default: 'summary',
    })(),
    assume: suppositionFlag,
    expect: expectationFlag,
    diff: Flags.string({
      summary: 'Compare with another request: a URL, or JSON with the members that are other.',
      helpValue: 'REQUEST',
    }),
    'compare-interception': compareInterceptionFlag,
    'why-not': Flags.string({
      summary:
        'Say what keeps the request from this cluster, subset, endpoint or pod, and the smallest change that would not.',
      helpValue: 'TARGET',
    }),
    'what-if': Flags.string({
      summary: "Compare with an edit that touches nothing, e.g. 'disable nat:ISTIO_OUTPUT:rule:4 in productpage'.",
      helpValue: 'EDIT',
      multiple: true,
    }),
    output: optionalOutputFlag(formats),
    ...screenFlags,
    jsonpath: jsonpathFlag,
    redact: redactFlag,
  }

  async run(): Promise<TraceAnswer | TraceComparison | WhyNot | undefined> {
    const {args: given, flags} = await this.parse(Trace)
    const suppositions = parseSuppositions(flags.assume)
    if (flags.verify) {
      await answerVerification(given, flags, suppositions)
      return undefined
    }
    if (flags.watch) {
      const {watchTrace} = await import('../cli/watch-trace.js')
      return watchTrace(given, flags, suppositions)
    }
    const {openTracedMesh} = await import('../cli/traced-mesh.js')
    const {mesh, other, args, warnings} = await openTracedMesh(given, flags, suppositions)
    for (const text of warnings) this.warning(text)
    if (flags.batch !== undefined) return this.answerBatch(mesh, flags.batch, suppositions, flags)
    const request = requestOf(mesh.snapshot.document, args, flags)
    const against = {diff: flags.diff, whatIf: flags['what-if'], mesh: other}
    const modes = flags['compare-interception']
    if (modes !== undefined) {
      const {comparedInterceptions} = await import('../cli/interception-comparison.js')
      const format = flags.output ?? 'text'
      await write(
        await comparedInterceptions(mesh, request, modes, format, flags.jsonpath, {suppositions, redact: flags.redact}),
      )
      return undefined
    }
    if (flags['why-not'] !== undefined) return this.answerWhyNot(mesh, request, flags['why-not'], suppositions, flags)
    const comparison = await import('../cli/trace-comparison.js')
    if (comparison.comparesAnything(against)) {
      const compared = comparison.compareTraces(mesh, request, against, {suppositions})
      await this.writeComparison(shown(compared, flags.redact), flags)
      meetExpectations(compared.right, flags.expect)
      return compared
    }
    return this.answer(mesh, request, suppositions, flags)
  }

  private async answer(
    mesh: Mesh,
    request: TraceRequest,
    suppositions: Suppositions,
    {output, detail, jsonpath, expect, redact, ...screen}: OutputFlags & ScreenFlags,
  ): Promise<TraceAnswer | undefined> {
    const {walk} = await import('../trace/walk.js')
    const follow = (asked: TraceRequest) => walk(mesh, asked, {suppositions})
    const terminal = process.stdout.isTTY && process.stdin.isTTY && process.env['TERM'] !== 'dumb'
    if (output === 'tui' && !terminal) this.warning('there is no terminal to draw on: printed as text')
    const wanted = output ?? (expect === undefined ? 'tui' : 'text')
    const format = wanted === 'tui' && !terminal ? 'text' : wanted
    if (format === 'tui') {
      const {openTrace} = await import('../cli/open-trace.js')
      await openTrace(mesh, request, {suppositions, redact}, screen)
      return undefined
    }
    const trace = shown(follow(request), redact)
    if (jsonpath === undefined && isForPeople(format)) {
      const {renderForPeople} = await import('../cli/trace-for-people.js')
      await write(await renderForPeople(mesh, trace, format, {detail, redact}))
    } else if (format === 'jsonl') await write(`${JSON.stringify(documentOf(trace))}\n`)
    else await write(await renderDocument(documentOf(trace), format === 'yaml' ? 'yaml' : 'json', jsonpath))
    meetExpectations(trace, expect)
    return trace
  }

  private async answerBatch(
    mesh: Mesh,
    file: string,
    suppositions: Suppositions,
    {detail, redact}: OutputFlags,
  ): Promise<undefined> {
    const [{parseTraceRequest}, {walk}] = await Promise.all([
      import('../trace/parse-request.js'),
      import('../trace/walk.js'),
    ])
    const explain = detail === 'full'
    await answerBatch(file, (value, where) => {
      const trace = walk(mesh, parseTraceRequest(value, where), {suppositions, explain})
      return JSON.stringify(documentOf(shown(trace, redact)))
    })
    return undefined
  }

  private async answerWhyNot(
    mesh: Mesh,
    request: TraceRequest,
    target: string,
    suppositions: Suppositions,
    {output, jsonpath, redact}: OutputFlags,
  ): Promise<WhyNot> {
    const {whyNot} = await import('../trace/why-not.js')
    const answer = shown(whyNot(mesh, request, target, {suppositions}), redact)
    if (jsonpath === undefined && (output === undefined || output === 'text' || output === 'tui')) {
      const {renderWhyNotText} = await import('../views/text/why-not.js')
      await write(renderWhyNotText(answer))
      return answer
    }
    const document = {apiVersion: 'sidetrace/v1', kind: 'WhyNot', ...answer}
    await write(await renderDocument(document, output === 'yaml' ? 'yaml' : 'json', jsonpath))
    return answer
  }

  private async writeComparison(compared: TraceComparison, {output, jsonpath}: OutputFlags): Promise<void> {
    if (jsonpath === undefined && (output === undefined || output === 'text' || output === 'tui')) {
      const {renderDifferenceText} = await import('../views/text/difference.js')
      return write(renderDifferenceText(compared.difference, compared.names.left, compared.names.right))
    }
    const {left, right, names, difference} = compared
    const document = {apiVersion: 'sidetrace/v1', kind: 'TraceComparison', names, difference, left, right}
    if (output === 'jsonl') return write(`${JSON.stringify(document)}\n`)
    return write(await renderDocument(document, output === 'yaml' ? 'yaml' : 'json', jsonpath))
  }
}

/** The flags that say how an answer is written. */
interface OutputFlags {
  output?: (typeof formats)[number] | undefined
  detail: 'minimal' | 'summary' | 'full'
  jsonpath?: string | undefined
  expect?: string[] | undefined
  redact: boolean
}

const documentOf = (trace: TraceAnswer) => ({apiVersion: 'sidetrace/v1', kind: 'Trace', ...trace})
