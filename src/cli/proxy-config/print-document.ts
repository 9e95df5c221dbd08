import type {Json} from '../../views/table/field.js'
import {selectJsonPath, write} from '../output.js'
import type {OutputFlags} from './command.js'

/** Resources of one dump, and the protobuf type of each; null for those that are printed as they stand. */
export interface FoundResources {
  resources: readonly {resource: Json}[]
  type: string | null
}

/** What was found in one of several files. */
export interface FromFile<T> {
  file: string
  content: T
}

/** Prints resources as istioctl does: a list, with lowerCamelCase names. */
export async function printResources({resources, type}: FoundResources, flags: OutputFlags): Promise<void> {
  const convert = await converter(flags)
  const items = resources.map(({resource}) => resource)
  const converted = (resource: Json) => convert(resource, type)
  if (flags.jsonpath !== undefined) return printDocument(items.map(converted), flags)
  if (flags.output === 'yaml') return printYamlList(items, converted)
  await writeList(items, converted, '')
  return write('\n')
}

/** The same for several files: a list of `{file, document}`, each document what is printed of the file alone. */
export async function printResourcesOfFiles(found: readonly FromFile<FoundResources>[], flags: OutputFlags) {
  const convert = await converter(flags)
  const converted = (type: string | null) => (resource: Json) => convert(resource, type)
  return printFiles(found, flags, {
    whole: ({resources, type}) => resources.map(({resource}) => convert(resource, type)),
    write: ({resources, type}, indent) =>
      writeList(
        resources.map(({resource}) => resource),
        converted(type),
        indent,
      ),
  })
}

/** Prints one section of a dump, without its type, which istioctl leaves out. */
export async function printSection(section: Json, flags: OutputFlags): Promise<void> {
  const convert = await converter(flags)
  return printDocument(convert(section), flags)
}

/** The same for several files, as `printResourcesOfFiles` does. */
export async function printSectionsOfFiles(found: readonly FromFile<Json>[], flags: OutputFlags): Promise<void> {
  const convert = await converter(flags)
  return printFiles(found, flags, {
    whole: (section) => convert(section),
    write: (section, indent) => write(jsonText(convert(section)).replaceAll('\n', `\n${indent}`)),
  })
}

/** How the content of a file is made a document, and how that is written after `indent` blanks. */
interface ContentPrinter<T> {
  whole(content: T): unknown
  write(content: T, indent: string): Promise<void>
}

async function printFiles<T>(
  found: readonly FromFile<T>[],
  flags: OutputFlags,
  printer: ContentPrinter<T>,
): Promise<void> {
  if (flags.output === 'yaml' || flags.jsonpath !== undefined)
    return printDocument(
      found.map(({file, content}) => ({file, document: printer.whole(content)})),
      flags,
    )
  let before = '[\n'
  for (const {file, content} of found) {
    await write(`${before}    {\n        "file": ${JSON.stringify(file)},\n        "document": `)
    await printer.write(content, '        ')
    await write('\n    }')
    before = ',\n'
  }
  return write('\n]\n')
}

const jsonText = (document: unknown): string => JSON.stringify(document, null, 4)

async function converter({redact}: OutputFlags): Promise<(resource: Json, type?: string | null) => unknown> {
  const [{toIstioctlJson}, {redactDocument}] = await Promise.all([
    import('../../views/json/istioctl-json.js'),
    import('../../snapshot/redact.js'),
  ])
  return (resource, type) => {
    const made = type === null ? resource : toIstioctlJson(resource, type)
    return redact ? redactDocument(made, 'config_dump.json').value : made
  }
}

async function printYamlList(items: readonly Json[], convert: (item: Json) => unknown): Promise<void> {
  const {toSortedYaml} = await import('../yaml.js')
  if (items.length === 0) return write('[]\n')
  for (const item of items) await write(toSortedYaml([convert(item)]))
}

/** Writes a JSON list item by item, so that it may be longer than the longest string; `indent` stands before each line but the first. */
async function writeList(items: readonly Json[], convert: (item: Json) => unknown, indent: string): Promise<void> {
  let before = '[\n'
  for (const item of items) {
    await write(before + jsonText(convert(item)).replace(/^/gm, `${indent}    `))
    before = ',\n'
  }
  return write(items.length === 0 ? '[]' : `\n${indent}]`)
}

/** Prints any document, or what a JSONPath selects of it. */
export async function printDocument(document: unknown, flags: OutputFlags): Promise<void> {
  const selected = flags.jsonpath === undefined ? document : await selectJsonPath(document, flags.jsonpath)
  if (flags.output !== 'yaml') return write(`${jsonText(selected)}\n`)
  const {toSortedYaml} = await import('../yaml.js')
  return write(toSortedYaml(selected))
}
