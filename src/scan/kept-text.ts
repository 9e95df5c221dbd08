import {BrokenJson} from './broken-json.js'
import type {TextBuffer} from './text-buffer.js'

/** Parses what has gathered between two brackets and empties the buffer. */
export function parseKept(text: TextBuffer, before: string, after: string, offset: number): unknown {
  try {
    return JSON.parse(before + text.text() + after)
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_STRING_TOO_LONG'
    throw new BrokenJson(
      tooLong ? 'an item of more than 512 MiB ends' : 'a string or number that is not JSON stands before',
      offset,
    )
  } finally {
    text.clear()
  }
}
