import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileError} from './file-error.js'
import {sampleFolder} from './sample.js'

/** A file as it was read. */
export interface TextFile {
  /** How reports and errors call it. */
  name: string
  text: string
}

/** Reads a file of cases; `-` is standard input, and the word `sample` that of the embedded sample. @throws SourceError, DataError */
export const readTestFile = (path: string): Promise<TextFile> =>
  readTextFile(path, path === 'sample' ? join(dirname(sampleFolder()), 'tests', 'productpage.yaml') : path)

/** Reads a file, or with `-` standard input. @param file where it is, if not at `path`. @throws SourceError, DataError */
export async function readTextFile(path: string, file = path): Promise<TextFile> {
  const name = path === '-' ? 'standard input' : path
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
