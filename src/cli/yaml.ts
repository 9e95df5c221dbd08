import {parse, stringify, YAMLParseError} from 'yaml'
import {DataError} from '../errors.js'

/** YAML in the document's own order. Bundlers see the named import of this CommonJS package only when it is static: import this file lazily. */
export const toYaml = (document: unknown): string => stringify(document, {lineWidth: 0, aliasDuplicateObjects: false})

/** YAML as istioctl prints it: members in order of their names, lists not indented. */
export const toSortedYaml = (document: unknown): string =>
  stringify(document, {lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true, indentSeq: false})

/** Reads YAML, with merge keys (`<<`), and so JSON. @param where how errors name it. @throws DataError with line and column */
export function fromYaml(text: string, where: string): unknown {
  try {
    return parse(text, {merge: true, prettyErrors: true, logLevel: 'error'})
  } catch (error) {
    const reason =
      error instanceof YAMLParseError ? (error.message.split('\n')[0] ?? '').replace(/:$/, '') : String(error)
    throw new DataError(`is neither YAML nor JSON: ${reason}`, where, null, {cause: error})
  }
}
