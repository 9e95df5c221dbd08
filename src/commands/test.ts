import {BaseCommand} from '../cli/base-command.js'
import {Args, Flags} from '../cli/oclif.js'
import {jsonpathFlag, outputFlag, renderDocument, write} from '../cli/output.js'
import {proxySourceFlags} from '../cli/proxy-source.js'
import {redactFlag, shown} from '../cli/redacted.js'
import {parseSuppositions, suppositionFlag} from '../cli/suppositions.js'
import {textOptions} from '../cli/terminal.js'
import {coveredConfigs, meetTests, testFiles, uncheckedOf} from '../cli/test-verdict.js'
import {openTested} from '../cli/tested-proxy.js'
import {testReportDocument} from '../views/json/test-report.js'
import {runTests, type TestReport} from '../xds/check/report.js'

export default class Test extends BaseCommand {
  static override summary = 'Test the routes of one Envoy: requests, and what has to become of them.'
  static override description =
    `Reads cases in YAML or JSON: a request, and the listener, filter chain, virtual host, route, cluster, endpoints, status,
details or rewrites that have to come out, with shares where chance decides; files of router_check_tool are read too. Tells for each case that fails the first
difference and what decided, and which routes and virtual hosts no case reaches. Exit 79 when a case fails.`
  static override examples = [
    {
      description: 'The cases that come with the sample; "sample" stands for their file',
      command: '<%= config.bin %> test sample --from sample --pod productpage',
    },
    {
      description: 'For a CI system',
      command: '<%= config.bin %> test sample --from sample --pod productpage -o junit --cover 9080 --fail-under 40',
    },
    {
      description: 'Against a running Envoy',
      command: '<%= config.bin %> test routes.yaml more.yaml --admin localhost:15000',
    },
  ]
  static override strict = false
  static override args = {
    file: Args.string({required: true, description: 'File of cases, and more of them; - for stdin.'}),
  }
  static override flags = {
    ...proxySourceFlags,
    'route-config': Flags.string({
      summary: 'A bare RouteConfiguration in YAML or JSON, as router_check_tool takes it, in place of an Envoy.',
      helpValue: 'FILE',
      exclusive: ['file', 'from', 'admin'],
    }),
    dst: Flags.string({summary: 'Destination of requests that name none.', helpValue: 'IP:PORT'}),
    direction: Flags.option({
      summary: 'How connections enter where a request does not say.',
      options: ['outbound', 'inbound', 'direct'] as const,
    })(),
    output: outputFlag(['text', 'json', 'yaml', 'junit'], 'text'),
    jsonpath: jsonpathFlag,
    'fail-under': Flags.string({
      summary: 'Exit 79 too where the cases reach fewer of the routes than this.',
      helpValue: 'PERCENT',
    }),
    cover: Flags.string({
      summary: 'Count the coverage of this route configuration alone, again for more.',
      helpValue: 'ROUTE-CONFIG',
      multiple: true,
    }),
    assume: suppositionFlag,
    redact: redactFlag,
  }

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Test)
    const files = testFiles(argv, flags)
    const tested = await openTested(flags, parseSuppositions(flags.assume))
    for (const text of shown(tested.warnings, flags.redact)) this.warning(text)
    const {openTests} = await import('../cli/test-files.js')
    const suites = await openTests(files.paths, tested)
    const unchecked = uncheckedOf(suites)
    if (unchecked !== null) this.warning(unchecked)
    const envoyOf = tested.envoysFor(suites)
    const report = runTests(envoyOf, suites, coveredConfigs(envoyOf(null), flags.cover))
    await write(await reportText(shown(report, flags.redact), flags.output, flags.jsonpath))
    meetTests(report, files.failUnder)
  }
}

async function reportText(
  report: TestReport,
  format: 'text' | 'json' | 'yaml' | 'junit',
  jsonpath: string | undefined,
): Promise<string> {
  if (format === 'junit') return (await import('../views/junit/test-report.js')).renderJunit(report)
  if (format === 'text' && jsonpath === undefined)
    return (await import('../views/text/test-report.js')).renderTestReport(report, textOptions())
  return renderDocument(testReportDocument(report), format === 'yaml' ? 'yaml' : 'json', jsonpath)
}
