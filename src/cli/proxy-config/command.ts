import {DataError} from '../../errors.js'
import {renderShort, type ShortLayout, type Table} from '../../views/table/column.js'
import type {Json} from '../../views/table/field.js'
import {BaseCommand} from '../base-command.js'
import {Flags} from '../oclif.js'
import {jsonpathFlag, outputFlag, write} from '../output.js'
import {fromGoFlags} from './go-flags.js'
import {inputFlags} from './input.js'
import {type ResourceName, type Sections, sectionType, type WholeName, whatToPass} from './sections.js'

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

  /** Prints a document as istioctl does: with lowerCamelCase names, unless they are to stay as they are in the dump. */
  protected async printDocument(document: unknown, flags: OutputFlags, type: string | null): Promise<void> {
    const {renderIstioctl} = await import('../../views/json/istioctl-document.js')
    const {selectJsonPath} = await import('../output.js')
    const made = renderIstioctl(document, {type, redact: flags.redact})
    const selected = flags.jsonpath === undefined ? made : await selectJsonPath(made, flags.jsonpath)
    if (flags.output === 'yaml') {
      const {stringify} = await import('yaml')
      return write(stringify(selected, {lineWidth: 0, sortMapEntries: true, indentSeq: false}))
    }
    return write(`${JSON.stringify(selected, null, 4)}\n`)
  }
}

/** The resources of one kind, of which there must be at least one. @throws DataError in istioctl's words */
export function required(sections: Sections, name: ResourceName, origin: string): Json[] {
  const resources = sections.resources[name]
  if (resources === undefined) throw missingSection(name, origin)
  if (resources.length === 0) throw new DataError(`no ${name} found`, origin)
  return resources
}

/** The last section of a type. @throws DataError when there is none */
export function requiredSection(sections: Sections, name: WholeName, origin: string): Json {
  const section = sections.whole[name]?.at(-1)
  if (section === undefined) throw missingSection(name, origin)
  return section
}

export const missingSection = (name: ResourceName | WholeName, origin: string): DataError =>
  new DataError(`config dump has no configuration type type.googleapis.com/${sectionType(name)}`, origin, whatToPass)
