import {renderShort, type ShortLayout, type Table} from '../../views/table/column.js'
import type {Json} from '../../views/table/field.js'
import {BaseCommand} from '../base-command.js'
import {Flags} from '../oclif.js'
import {jsonpathFlag, outputFlag, write} from '../output.js'
import {fromGoFlags} from './go-flags.js'
import {inputFlags} from './input.js'

/** Other names of a command: `pc` for the topic, and istioctl's short forms of the resource. */
export const aliasesOf = (name: string, ...short: string[]): string[] => [
  `pc:${name}`,
  ...short.flatMap((alias) => [`proxy-config:${alias}`, `pc:${alias}`]),
]

/** Flags of the commands that print JSON or YAML documents. */
export const documentFlags = {
  ...inputFlags,
  jsonpath: jsonpathFlag,
  redact: Flags.boolean({
    summary: 'Put "[redacted]" in place of private keys, passwords and other secrets.',
    default: true,
    allowNo: true,
  }),
}

/** The same and those of tables. */
export const tableFlags = {
  ...documentFlags,
  output: outputFlag(['short', 'json', 'yaml'], 'short'),
  headers: Flags.boolean({summary: 'Print the line of column titles.', default: true, allowNo: true}),
}

export type OutputFormat = 'short' | 'wide' | 'json' | 'yaml'

/** The flags that say how an answer is printed. */
export interface OutputFlags {
  output: OutputFormat
  jsonpath?: string | undefined
  redact: boolean
}

/** A JSONPath asks for a document, whatever the format says of tables. */
export const asksForDocument = ({output, jsonpath}: OutputFlags): boolean =>
  output === 'json' || output === 'yaml' || jsonpath !== undefined

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
  protected async printResources(resources: readonly {resource: Json}[], flags: OutputFlags, type: string) {
    const {printResources} = await import('./print-document.js')
    const plain = resources.map(({resource}) => resource)
    return printResources(plain, flags, type)
  }

  protected async printSection(section: Json, flags: OutputFlags): Promise<void> {
    const {printSection} = await import('./print-document.js')
    return printSection(section, flags)
  }
}
