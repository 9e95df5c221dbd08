import type {Json} from '../../views/table/field.js'
import {selectJsonPath, write} from '../output.js'
import type {OutputFlags} from './command.js'

/** Prints resources as istioctl does: a list, with lowerCamelCase names. `type` is the protobuf type of one of them. */
export async function printResources(resources: readonly Json[], flags: OutputFlags, type: string): Promise<void> {
  const convert = await converter(flags)
  const converted = (resource: Json) => convert(resource, type)
  if (flags.jsonpath !== undefined) return printDocument(resources.map(converted), flags)
  return printList(resources, converted, flags)
}

/** Prints one section of a dump, without its type, which istioctl leaves out. */
export async function printSection(section: Json, flags: OutputFlags): Promise<void> {
  const convert = await converter(flags)
  return printDocument(convert(section), flags)
}

async function converter({redact}: OutputFlags): Promise<(resource: Json, type?: string) => unknown> {
  const [{toIstioctlJson}, {redactDocument}] = await Promise.all([
    import('../../views/json/istioctl-json.js'),
    import('../../snapshot/redact.js'),
  ])
  return (resource, type) => {
    const made = toIstioctlJson(resource, type)
    return redact ? redactDocument(made, 'config_dump.json').value : made
  }
}

/** Prints a list item by item, so that it may be longer than the longest string. */
async function printList(
  items: readonly Json[],
  convert: (item: Json) => unknown,
  {output}: OutputFlags,
): Promise<void> {
  if (output === 'yaml') {
    const {toSortedYaml} = await import('../yaml.js')
    if (items.length === 0) return write('[]\n')
    for (const item of items) await write(toSortedYaml([convert(item)]))
    return
  }
  let before = '[\n'
  for (const item of items) {
    await write(`${before}${JSON.stringify(convert(item), null, 4).replace(/^/gm, '    ')}`)
    before = ',\n'
  }
  return write(items.length === 0 ? '[]\n' : '\n]\n')
}

/** Prints any document, or what a JSONPath selects of it. */
export async function printDocument(document: unknown, flags: OutputFlags): Promise<void> {
  const selected = flags.jsonpath === undefined ? document : await selectJsonPath(document, flags.jsonpath)
  if (flags.output !== 'yaml') return write(`${JSON.stringify(selected, null, 4)}\n`)
  const {toSortedYaml} = await import('../yaml.js')
  return write(toSortedYaml(selected))
}
