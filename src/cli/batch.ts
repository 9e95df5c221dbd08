import {createReadStream} from 'node:fs'
import {createInterface} from 'node:readline'
import {DataError} from '../errors.js'
import {fileError} from '../sources/file-error.js'
import {Flags} from './oclif.js'

export const batchFlag = Flags.string({
  summary: 'Answer one request a line from this file (- for stdin), as JSON lines in the same order.',
  helpValue: 'FILE.jsonl',
})

/** One line of a batch, and how an error names it. */
export interface BatchLine {
  value: unknown
  /** `requests.jsonl, line 3`. */
  where: string
}

/** The lines of a JSON-lines file as they are read; empty lines are passed over. @throws DataError, SourceError */
export async function* batchLines(path: string): AsyncGenerator<BatchLine> {
  const name = path === '-' ? 'standard input' : path
  const input = path === '-' ? process.stdin : createReadStream(path)
  let number = 0
  try {
    for await (const line of createInterface({input, crlfDelay: Number.POSITIVE_INFINITY})) {
      number++
      if (line.trim() !== '')
        yield {value: parseLine(line, `${name}, line ${number}`), where: `${name}, line ${number}`}
    }
  } catch (error) {
    throw error instanceof Error && 'code' in error ? fileError(error, name, 'Pass a file of JSON lines') : error
  }
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new DataError('is not JSON', where, 'A batch has one JSON object a line', {cause: error})
  }
}
