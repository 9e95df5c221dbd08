import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {SourceError} from '../errors.js'

/** The embedded samples, by the word that names each. */
const samples: Readonly<Record<string, string>> = {sample: 'bookinfo', 'sample-mosn': 'mosn'}

export const isSample = (word: string): boolean => Object.hasOwn(samples, word)

/**
 * The folder of an embedded sample, by default of bookinfo. Looked for upwards from this module, which lies in `src/sources/` or, bundled,
 * somewhere below `dist/`: the package's root is the first folder above that holds it.
 */
export function sampleFolder(from = dirname(fileURLToPath(import.meta.url)), word = 'sample'): string {
  const name = samples[word] ?? word
  for (let folder = from; ; folder = dirname(folder)) {
    const sample = join(folder, 'samples', name)
    if (existsSync(join(sample, 'snapshot.json'))) return sample
    if (dirname(folder) === folder)
      throw new SourceError('missing', `the package lacks samples/${name}`, word, 'Install sidetrace again')
  }
}
