import {BaseCommand} from '../cli/base-command.js'
import {answerBatch, batchFlag} from '../cli/batch.js'
import {matchRequestOf, type RequestFlags, requestFlags, targetArg} from '../cli/match-request.js'
import {detailFlag, jsonpathFlag, outputFlag, renderDocument, write} from '../cli/output.js'
import {type AnyProxySource, openAnyProxy, proxySourceFlags} from '../cli/proxy-source.js'
import {redactFlag, shown, shownMatch} from '../cli/redacted.js'
import {parseSuppositions, suppositionFlag} from '../cli/suppositions.js'
import {textOptions} from '../cli/terminal.js'
import type {MosnMatch} from '../mosn/match/result.js'
import {matchDocument, matchLine} from '../views/json/match.js'
import {matchRequest} from '../xds/match/match.js'
import type {Suppositions} from '../xds/match/request.js'
import type {Match as Answer} from '../xds/match/result.js'
import {parseMatchRequest} from '../xds/parse/match-request.js'

export default class Match extends BaseCommand {
  static override summary = 'Say what one proxy does with a connection or request, and which rule decided.'
  static override description =
    `Walks one Envoy's configuration: listener, listener filters, hand-off, filter chain, TLS, network filters,
virtual host, route, HTTP filters, cluster and endpoints. What chance or a running system decides makes
branches and assumptions; --assume turns an assumption. A dump of a MOSN is recognised and asked by MOSN's own
rules; Dubbo and bolt calls are described by --protocol, --service, --method and --header.`
  static override examples = [
    {
      description: 'What productpage’s Envoy does with a request to reviews',
      command:
        "<%= config.bin %> match --from sample --pod productpage --direction outbound http://reviews:9080/reviews/0 -H 'end-user: jason'",
    },
    {
      description: 'Which filter chain takes an mTLS connection that arrives at reviews',
      command:
        '<%= config.bin %> match --from sample --pod reviews-v1 --direction inbound --dst 10.10.0.14:9080 --tls --alpn istio --cert-uri spiffe://cluster.local/ns/default/sa/bookinfo-productpage http://reviews:9080/reviews/0',
    },
    {
      description: 'What a MOSN does with a Dubbo call',
      command:
        '<%= config.bin %> match --from sample-mosn --pod caller --dst 127.0.0.1:20882 --protocol dubbo --service com.alibaba.boot.demo.DemoService',
    },
    {
      description: 'The cluster alone, as JSON',
      command:
        "<%= config.bin %> match --from sample --pod istio-ingressgateway --dst 10.10.0.18:8080 -o json --jsonpath '$.branches[*].cluster' http://bookinfo.example.com/productpage",
    },
  ]
  static override args = {target: targetArg}
  static override flags = {
    ...proxySourceFlags,
    ...requestFlags,
    output: outputFlag(['text', 'json', 'yaml', 'jsonl'], 'text'),
    jsonpath: jsonpathFlag,
    batch: batchFlag,
    detail: detailFlag,
    assume: suppositionFlag,
    redact: redactFlag,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Match)
    const suppositions = parseSuppositions(flags.assume)
    const source = await openAnyProxy(flags)
    const full = flags.detail === 'full'
    const {ask, askLine, warnings} = await answererOf(source, {suppositions, full, redact: flags.redact})
    for (const text of shown(warnings, flags.redact)) this.warning(text)
    if (flags.batch !== undefined) return answerBatch(flags.batch, askLine)
    const match = shown(ask(args.target, flags), flags.redact)
    if (flags.output === 'text') {
      const {renderMatch} = await import('../views/text/match.js')
      return write(renderMatch(match, {detail: flags.detail ?? 'summary', ...textOptions()}))
    }
    if (flags.output === 'jsonl') return write(`${matchLine(match, full)}\n`)
    return write(await renderDocument(matchDocument(match), flags.output, flags.jsonpath))
  }
}

/** How a proxy of either kind is asked. */
interface Answerer {
  warnings: readonly string[]
  ask(target: string | undefined, flags: RequestFlags): Answer | MosnMatch
  /** The answer to one line of a batch. */
  askLine(value: unknown, where: string): string
}

interface AnswerOptions {
  suppositions: Suppositions
  full: boolean
  redact: boolean
}

async function answererOf(source: AnyProxySource, options: AnswerOptions): Promise<Answerer> {
  const {suppositions, full, redact} = options
  const document = source.snapshot?.document ?? null
  if (source.kind === 'envoy') {
    const {proxy} = source
    return {
      warnings: proxy.dump.warnings,
      ask: (target, flags) => {
        const request = matchRequestOf(target, flags, document)
        return {request, branches: matchRequest(proxy, request, suppositions)}
      },
      askLine: (value, where) => {
        const request = parseMatchRequest(value, where)
        const match = {request, branches: matchRequest(proxy, request, suppositions, full)}
        return matchLine(shownMatch(match, redact, full), full)
      },
    }
  }
  const [{parseMosnDump}, {matchMosn}, {mosnRequestOf, parseMosnRequest}] = await Promise.all([
    import('../mosn/parse/dump.js'),
    import('../mosn/match/match.js'),
    import('../cli/mosn-request.js'),
  ])
  const dump = parseMosnDump(source.document, source.name)
  return {
    warnings: dump.warnings,
    ask: (target, flags) => {
      const request = mosnRequestOf(target, flags, document)
      return {request, branches: matchMosn(dump, request, suppositions)}
    },
    askLine: (value, where) => {
      const request = parseMosnRequest(value, where)
      return matchLine(shown({request, branches: matchMosn(dump, request, suppositions)}, redact), full)
    },
  }
}
