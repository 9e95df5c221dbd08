import {ExpectationError} from '../errors.js'
import {checkExpectation, parseExpectation} from '../trace/expectation.js'
import type {Trace} from '../trace/trace.js'
import {Flags} from './oclif.js'

export const expectationFlag = Flags.string({
  summary: "What has to come out, e.g. 'delivered to reviews-v2' or 'responded 403'; else exit 79.",
  multiple: true,
  helpValue: 'EXPECTATION',
})

/** @throws ExpectationError with every expectation that the trace does not meet; UsageError for what is none */
export function meetExpectations(trace: Trace, texts: readonly string[] | undefined): void {
  const unmet = (texts ?? []).map((text) => checkExpectation(trace, parseExpectation(text))).filter(({met}) => !met)
  if (unmet.length === 0) return
  const said = unmet.map(({expectation, share}) => `"${expectation.text}" holds for ${Math.round(share * 1000) / 10} %`)
  throw new ExpectationError(`is not as expected: ${said.join('; ')}`, 'the trace')
}
