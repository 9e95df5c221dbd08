import type {Json} from '../../views/table/field.js'
import {BaseCommand} from '../base-command.js'
import {Flags} from '../oclif.js'
import {jsonpathFlag, outputFlag} from '../output.js'
import {textOptions} from '../terminal.js'
import type {Drawing} from './drawing.js'
import {fromGoFlags} from './go-flags.js'
import {inputFlags} from './input.js'
import {type Filter, noMatch} from './no-match.js'

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
  trunc: Flags.boolean({
    summary: 'Cut long names in their middle where the terminal is too narrow; never in a pipe.',
    default: true,
    allowNo: true,
  }),
  watch: Flags.boolean({summary: 'Read and draw again every two seconds, changed lines marked.', default: false}),
}

/** The same where there is a table of our own columns beside istioctl's. */
export const wideTableFlags = {...tableFlags, output: outputFlag(['short', 'wide', 'json', 'yaml'], 'short')}

export type OutputFormat = 'short' | 'wide' | 'json' | 'yaml'

/** The flags that say how an answer is printed. */
export interface OutputFlags {
  output: OutputFormat
  jsonpath?: string | undefined
  redact: boolean
}

/** The flags that say how a table is drawn. */
export interface DrawFlags {
  headers: boolean
  trunc: boolean
  watch: boolean
}

/** A JSONPath asks for a document, whatever the format says of tables. */
export const asksForDocument = ({output, jsonpath}: OutputFlags): boolean =>
  output === 'json' || output === 'yaml' || jsonpath !== undefined

const secondsBetweenReadings = 2

/** Hands text over as it is: tables are made safe for a terminal cell by cell, and colour is ours. */
const writeTable = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))

/** What the commands of `proxy-config` share: Go's spelling of flags, and how a table or a document is printed. */
export abstract class ProxyConfigCommand extends BaseCommand {
  protected override async init(): Promise<void> {
    const booleans = Object.entries(this.ctor.flags).flatMap(([name, flag]) => (flag.type === 'boolean' ? [name] : []))
    this.argv = fromGoFlags(this.argv, booleans)
    await super.init()
  }

  /** Prints what `make` draws, once or (`watch`) until the process ends. */
  protected async showTable({headers, trunc, watch: again}: DrawFlags, make: () => Promise<Drawing>): Promise<void> {
    const {width, colour} = textOptions()
    const terminal = process.stdout.isTTY === true
    const layout = {headers, colour, width: trunc && terminal ? width : undefined}
    if (again) {
      const {watch} = await import('./watch.js')
      return watch(async () => (await make()).draw(layout).text, writeTable, {every: secondsBetweenReadings, terminal})
    }
    const {text, stripped} = (await make()).draw(layout)
    await writeTable(text)
    if (stripped) this.warning('names with control characters are shown without them')
  }

  /** Says on stderr why a table is empty, where filters are the reason. */
  protected explainEmpty(drawing: Drawing, what: string, filters: () => readonly Filter[]): Drawing {
    const reason = drawing.rows === 0 ? noMatch(what, filters()) : null
    if (reason !== null) this.warning(reason)
    return drawing
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
