import {SourceError} from '../../../src/errors.js'

/** The refusal that `asking` ends in; anything else is an error of the test. */
export async function failureOf(asking: Promise<unknown>): Promise<SourceError> {
  const end = await asking.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  if (end instanceof SourceError) return end
  throw new Error(`not refused as a source: ${String(end)}`)
}
