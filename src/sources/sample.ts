import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {SourceError} from '../errors.js'

/**
 * The folder of the embedded sample. Looked for upwards from this module, which lies in `src/sources/` or, bundled,
 * somewhere below `dist/`: the package's root is the first folder above that holds it.
 */
export function sampleFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const sample = join(folder, 'samples', 'bookinfo')
    if (existsSync(join(sample, 'snapshot.json'))) return sample
    if (dirname(folder) === folder)
      throw new SourceError('missing', 'the package lacks samples/bookinfo', 'sample', 'Install sidetrace again')
  }
}
