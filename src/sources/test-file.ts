import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileError} from './file-error.js'
import {sampleFolder} from './sample.js'

/** A test file as it was read. */
export interface TestFile {
  /** How reports and errors call it. */
  name: string
  text: string
}

/** Reads a test file; `-` is standard input, and the word `sample` the one of the embedded sample. @throws SourceError, DataError */
export async function readTestFile(path: string): Promise<TestFile> {
  const name = path === '-' ? 'standard input' : path
  const file = path === 'sample' ? join(dirname(sampleFolder()), 'tests', 'productpage.yaml') : path
  try {
    return {name, text: path === '-' ? await readStandardInput() : readFileSync(file, 'utf8')}
  } catch (error) {
    throw fileError(error, name)
  }
}

async function readStandardInput(): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of process.stdin) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}
