import {renderShort, type ShortLayout, type Table} from '../../views/table/column.js'
import type {Json} from '../../views/table/field.js'
import {BaseCommand} from '../base-command.js'
import {Flags} from '../oclif.js'
import {jsonpathFlag, outputFlag, selectJsonPath, write} from '../output.js'
import {fromGoFlags} from './go-flags.js'
import {inputFlags} from './input.js'

/** Other names of a command: `pc` for the topic, and istioctl's short forms of the resource. */
export const aliasesOf = (name: string, ...short: string[]): string[] => [
  `pc:${name}`,
  ...short.flatMap((alias) => [`proxy-config:${alias}`, `pc:${alias}`]),
]

export type Format = 'short' | 'json' | 'yaml'

export const tableFlags = {
  ...inputFlags,
  output: outputFlag(['short', 'json', 'yaml'], 'short'),
  jsonpath: jsonpathFlag,
  headers: Flags.boolean({summary: 'Print the line of column titles.', default: true, allowNo: true}),
  redact: Flags.boolean({
    summary: 'Put "[redacted]" in place of private keys and passwords.',
    default: true,
    allowNo: true,
  }),
}

/** The flags that say how an answer is printed. */
export interface OutputFlags {
  output: Format
  jsonpath?: string | undefined
  headers: boolean
  redact: boolean
}

/** What the commands of `proxy-config` share: Go's spelling of flags, and how a table or a document is printed. */
export abstract class ProxyConfigCommand extends BaseCommand {
  protected override async init(): Promise<void> {
    const booleans = Object.entries(this.ctor.flags).flatMap(([name, flag]) => (flag.type === 'boolean' ? [name] : []))
    this.argv = fromGoFlags(this.argv, booleans)
    await super.init()
  }

  protected printTable<Row>(table: Table<Row>, layout: ShortLayout): Promise<void> {
    return write(renderShort(table, layout))
  }

  /** Prints resources as istioctl does: a list, with lowerCamelCase names. `type` is the protobuf type of one of them. */
  protected async printResources(
    resources: readonly {resource: Json}[],
    flags: OutputFlags,
    type: string,
  ): Promise<void> {
    const {toIstioctlJson} = await import('../../views/json/istioctl-json.js')
    return printDocument(
      resources.map(({resource}) => toIstioctlJson(resource, type)),
      flags,
    )
  }

  /** Prints one section of a dump, without its type, which istioctl leaves out. */
  protected async printSection(section: Json, flags: OutputFlags): Promise<void> {
    const {toIstioctlJson} = await import('../../views/json/istioctl-json.js')
    return printDocument(toIstioctlJson(section), flags)
  }
}

export async function printDocument(document: unknown, flags: OutputFlags): Promise<void> {
  const selected = flags.jsonpath === undefined ? document : await selectJsonPath(document, flags.jsonpath)
  if (flags.output !== 'yaml') return write(`${JSON.stringify(selected, null, 4)}\n`)
  const {toSortedYaml} = await import('../yaml.js')
  return write(toSortedYaml(selected))
}
