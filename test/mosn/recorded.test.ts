import {expect, it} from 'vitest'
import {matchMosn} from '../../src/mosn/match/match.js'
import {parseMosnDump} from '../../src/mosn/parse/dump.js'
import {type RecordedCall, readJson, recordedCalls} from './recorded-calls.js'

/** Calls that were forwarded as predicted and failed further on, which one dump cannot tell. */
const failedUpstream: Record<string, string> = {
  'dubbo host that is not there': 'nobody has 1.2.3.5: the connection failed, and MOSN answered 502 for it',
  '10.60.0.1:7778 passthrough refused':
    'nothing listens on port 7778: the connection was refused, and MOSN answered 502 for it',
}

/** What is wrong with the prediction; null where it is what the access log says. */
function judge({dump, request, log, label}: RecordedCall): string | null {
  const [branch, ...more] = matchMosn(parseMosnDump(readJson(dump), dump), request)
  if (branch === undefined || more.length > 0) return `${more.length + 1} branches`
  const {outcome, cluster, endpoints} = branch
  const addresses = endpoints.map(({address}) => address)
  if (outcome.kind === 'forwarded') {
    if (cluster !== log.cluster) return `cluster ${cluster}, recorded ${log.cluster}`
    if (log.upstream === null ? failedUpstream[label] === undefined : !addresses.includes(log.upstream))
      return `hosts ${addresses.join(', ')}, recorded ${log.upstream}`
    return log.flag && failedUpstream[label] === undefined ? `forwarded, recorded ${log.code}` : null
  }
  if (outcome.status !== log.code) return `${outcome.kind} ${outcome.status}, recorded ${log.code}`
  return (outcome.responseFlags !== '-') === log.flag ? null : `flags ${outcome.responseFlags}, recorded ${log.flag}`
}

it('predicts every recorded call as MOSN wrote it into its access log', () => {
  const calls = recordedCalls()
  const wrong = calls.flatMap((call) => {
    const what = judge(call)
    return what === null ? [] : [`${call.label}: ${what}`]
  })
  const doubtful = calls.filter(({label}) => failedUpstream[label] !== undefined)
  console.log(
    [
      `MOSN's recorded calls: ${calls.length - wrong.length} of ${calls.length} right`,
      ...doubtful.map(({label}) => `  forwarded as predicted, failed behind it: ${label}: ${failedUpstream[label]}`),
    ].join('\n'),
  )
  expect(wrong).toEqual([])
})
