import {isSidetraceError, type SidetraceError} from '../../errors.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {printableLine} from '../../views/printable.js'
import type {Json} from '../../views/table/field.js'
import {BaseCommand} from '../base-command.js'
import {Flags} from '../oclif.js'
import {jsonpathFlag, outputFlag, write} from '../output.js'
import {textOptions} from '../terminal.js'
import {type Drawing, joinDrawings} from './drawing.js'
import {fromGoFlags} from './go-flags.js'
import {type Dumps, inputFlags, severalInputFlags} from './input.js'
import {type Filter, noMatch} from './no-match.js'
import type {FoundResources, FromFile} from './print-document.js'

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

/** The same where several files can be given. */
export const severalTableFlags = {...tableFlags, ...severalInputFlags}

/** The same where there is a table of our own columns beside istioctl's. */
export const wideTableFlags = {...severalTableFlags, output: outputFlag(['short', 'wide', 'json', 'yaml'], 'short')}

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

  /** Prints what `draw` makes of the dumps, once or (`watch`) until the process ends. */
  protected async showTable(
    dumps: Dumps,
    {headers, trunc, watch: again}: DrawFlags,
    draw: (source: ByteSource) => Promise<Drawing>,
  ): Promise<void> {
    const make = () => this.drawAll(dumps, draw)
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

  /** Prints what `make` makes of each dump; a title line tells several apart. */
  protected async printTexts(
    {sources, named}: Dumps,
    make: (source: ByteSource) => Promise<Iterable<string>>,
  ): Promise<void> {
    for (const [index, source] of sources.entries()) {
      const texts = await make(source)
      if (named) await write(`${index > 0 ? '\n' : ''}==> ${printableLine(source.origin)} <==\n`)
      for (const text of texts) await write(text)
    }
  }

  /** The table of one dump, or of several together; says on stderr why there is no row, where filters are the reason. */
  private async drawAll(dumps: Dumps, draw: (source: ByteSource) => Promise<Drawing>): Promise<Drawing> {
    const {named, title} = dumps
    const parts = (await this.readAll(dumps, draw)).map(({file, content}) => ({file, drawing: content}))
    const empty = parts.every(({drawing}) => drawing.rows === 0)
    for (const {file, drawing} of empty ? parts : []) {
      const reason = drawing.emptyBecause?.() ?? null
      if (reason !== null) this.warning(named ? `${file}: ${reason}` : reason)
    }
    const drawing = named ? joinDrawings(parts, title) : parts[0]?.drawing
    if (drawing === undefined) throw new Error('no dump was read')
    return drawing
  }

  /** Keeps with a table how to say why it is empty. */
  protected explainEmpty(drawing: Drawing, what: string, filters: () => readonly Filter[]): Drawing {
    return {...drawing, emptyBecause: () => noMatch(what, filters())}
  }

  /** Prints resources as istioctl does: a list, with lowerCamelCase names. All dumps are read before anything is printed. */
  protected async printResources(
    dumps: Dumps,
    flags: OutputFlags,
    read: (source: ByteSource) => Promise<FoundResources>,
  ) {
    const found = await this.readAll(dumps, read)
    const {printResourcesOfFiles, printResources} = await import('./print-document.js')
    if (dumps.named) return printResourcesOfFiles(found, flags)
    for (const {content} of found) await printResources(content, flags)
  }

  /** Prints one section of each dump. */
  protected async printSection(
    dumps: Dumps,
    flags: OutputFlags,
    read: (source: ByteSource) => Promise<Json>,
  ): Promise<void> {
    const found = await this.readAll(dumps, read)
    const {printSectionsOfFiles, printSection} = await import('./print-document.js')
    if (dumps.named) return printSectionsOfFiles(found, flags)
    for (const {content} of found) await printSection(content, flags)
  }

  /** Reads all dumps; of several pods one that cannot be asked is a warning, as long as another can. */
  private async readAll<T>({sources, title}: Dumps, read: (source: ByteSource) => Promise<T>): Promise<FromFile<T>[]> {
    const found: FromFile<T>[] = []
    const failed: SidetraceError[] = []
    for (const source of sources) {
      try {
        found.push({file: source.origin, content: await read(source)})
      } catch (error) {
        if (title !== 'POD' || !isSidetraceError(error)) throw error
        failed.push(error)
      }
    }
    const [first] = failed
    if (first !== undefined && found.length === 0) throw first
    for (const {failure} of failed) this.warning(`${failure.where}: ${failure.what}`)
    return found
  }
}
