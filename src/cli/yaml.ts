import {stringify} from 'yaml'

/** YAML in the document's own order. Bundlers see the named import of this CommonJS package only when it is static: import this file lazily. */
export const toYaml = (document: unknown): string => stringify(document, {lineWidth: 0, aliasDuplicateObjects: false})

/** YAML as istioctl prints it: members in order of their names, lists not indented. */
export const toSortedYaml = (document: unknown): string =>
  stringify(document, {lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true, indentSeq: false})
