import {DataError} from '../errors.js'
import {BrokenJson} from '../scan/broken-json.js'
import {documentPlan} from '../scan/document-plan.js'
import {JsonScanner} from '../scan/json-scanner.js'

/** Longer text is no string in V8. */
export const longestText = 0x1fffffe8

/**
 * A config dump that is longer than a string can be: its sections are parsed one by one. Members beside `configs`, of which a dump has
 * none, are left out.
 * @throws DataError when it is no JSON, or a section alone is too long
 */
export function parseLongDump(bytes: Uint8Array, name: string): {configs: unknown[]} {
  const configs: unknown[] = []
  const take = (items: unknown[]) => {
    for (const item of items) configs.push(item)
  }
  const nothing = () => undefined
  try {
    const scanner = new JsonScanner(
      documentPlan({lists: {configs: {shape: true, take}}}, {known: nothing, other: nothing}),
    )
    scanner.push(bytes)
    scanner.end()
  } catch (error) {
    throw error instanceof BrokenJson
      ? new DataError(`is broken JSON: ${error.message}`, name, null, {cause: error})
      : error
  }
  return {configs}
}
