import {BaseCommand} from '../cli/base-command.js'
import {answerBatch, batchFlag} from '../cli/batch.js'
import {matchRequestOf, requestFlags, targetArg} from '../cli/match-request.js'
import {detailFlag, jsonpathFlag, outputFlag, renderDocument, write} from '../cli/output.js'
import {openProxy, proxySourceFlags} from '../cli/proxy-source.js'
import {redactFlag, shown, shownMatch} from '../cli/redacted.js'
import {parseSuppositions, suppositionFlag} from '../cli/suppositions.js'
import {textOptions} from '../cli/terminal.js'
import {matchDocument, matchLine} from '../views/json/match.js'
import {matchRequest} from '../xds/match/match.js'
import {parseMatchRequest} from '../xds/parse/match-request.js'

export default class Match extends BaseCommand {
  static override summary = 'Say what one Envoy does with a connection or request, and which rule decided.'
  static override description =
    `Walks one Envoy's configuration: listener, listener filters, hand-off, filter chain, TLS, network filters,
virtual host, route, HTTP filters, cluster and endpoints. What chance or a running system decides makes
branches and assumptions; --assume turns an assumption.`
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
    const {proxy, snapshot} = await openProxy(flags)
    for (const text of shown(proxy.dump.warnings, flags.redact)) this.warning(text)
    const full = flags.detail === 'full'
    if (flags.batch !== undefined)
      return answerBatch(flags.batch, (value, where) => {
        const request = parseMatchRequest(value, where)
        const match = {request, branches: matchRequest(proxy, request, suppositions, full)}
        return matchLine(shownMatch(match, flags.redact, full), full)
      })
    const request = matchRequestOf(args.target, flags, snapshot?.document ?? null)
    const match = shown({request, branches: matchRequest(proxy, request, suppositions)}, flags.redact)
    if (flags.output === 'text') {
      const {renderMatch} = await import('../views/text/match.js')
      return write(renderMatch(match, {detail: flags.detail ?? 'summary', ...textOptions()}))
    }
    if (flags.output === 'jsonl') return write(`${matchLine(match, full)}\n`)
    return write(await renderDocument(matchDocument(match), flags.output, flags.jsonpath))
  }
}
