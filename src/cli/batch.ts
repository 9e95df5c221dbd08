import {createReadStream} from 'node:fs'
import {DataError} from '../errors.js'
import {fileError} from '../sources/file-error.js'
import {Flags} from './oclif.js'
import {write} from './output.js'

export const batchFlag = Flags.string({
  summary: 'Answer one request a line from this file (- for stdin), as JSON lines in the same order.',
  helpValue: 'FILE.jsonl',
})

/** Characters of output that are gathered before they are written. */
const outputChunk = 1 << 16

/**
 * Answers the lines of a JSON-lines file in their order, one line of output each. Empty lines are passed over. What has come
 * in is answered before more is read, and output waits for its reader. The answers before a wrong line are given all the same.
 * @param answer the text for one line; `where` is how an error names the line: `requests.jsonl, line 3`.
 * @throws DataError, SourceError
 */
export async function answerBatch(path: string, answer: (value: unknown, where: string) => string): Promise<void> {
  const name = nameOf(path)
  let number = 0
  let pending = ''
  const flush = async (): Promise<void> => {
    const text = pending
    pending = ''
    if (text !== '') await write(text)
  }
  for await (const lines of linesOf(path))
    try {
      for (const line of lines) {
        number++
        if (line.trim() === '') continue
        const where = `${name}, line ${number}`
        pending += `${answer(parseLine(line, where), where)}\n`
        if (pending.length >= outputChunk) await flush()
      }
    } finally {
      await flush()
    }
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : path)

/** The whole lines of each piece that is read: one by one through an asynchronous generator they would cost more than to parse. */
async function* linesOf(path: string): AsyncGenerator<string[]> {
  const input = path === '-' ? process.stdin : createReadStream(path)
  let rest = ''
  try {
    for await (const piece of input.setEncoding('utf8')) {
      const lines = String(piece).split('\n')
      lines[0] = rest + (lines[0] ?? '')
      rest = lines.pop() ?? ''
      yield lines
    }
    yield [rest]
  } catch (error) {
    throw error instanceof Error && 'code' in error
      ? fileError(error, nameOf(path), 'Pass a file of JSON lines')
      : error
  }
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new DataError('is not JSON', where, 'A batch has one JSON object a line', {cause: error})
  }
}
