import {Flags} from './oclif.js'

export const outputFlag = <const F extends string>(options: readonly F[], defaultFormat: F) =>
  Flags.option({
    char: 'o',
    summary: 'Output format.',
    options,
    default: defaultFormat as F,
    helpValue: `(${options.join('|')})`,
  })()

/** The same where the default hangs on the terminal: undefined until the user says. */
export const optionalOutputFlag = <const F extends string>(options: readonly F[]) =>
  Flags.option({char: 'o', summary: 'Output format.', options, helpValue: `(${options.join('|')})`})()

/** For answers that say why; each command has its own default. */
export const detailFlag = Flags.option({
  summary: 'How much of the reasons to show.',
  options: ['minimal', 'summary', 'full'] as const,
})()

export const jsonpathFlag = Flags.string({
  summary: 'Print only what this JSONPath selects in the JSON document.',
  helpValue: 'EXPR',
})

/** C1 controls, DEL and turns of the writing direction: JSON leaves them as they are, and a terminal obeys them. */
const obeyed = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text of any form for a terminal: what it would obey is written as JSON's and YAML's escape of it. */
export const forTerminal = (text: string): string =>
  text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Writes to stdout, and resolves when the text is handed over: nothing is lost when the process ends. */
export const write = (text: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const shown = process.stdout.isTTY && typeof text === 'string' ? forTerminal(text) : text
    process.stdout.write(shown, (error) => (error ? reject(error) : resolve()))
  })

/** `document` as JSON or YAML text, cut down to what `jsonpath` selects. */
export async function renderDocument(
  document: unknown,
  format: 'json' | 'yaml',
  jsonpath: string | undefined,
): Promise<string> {
  const selected = jsonpath === undefined ? document : await selectJsonPath(document, jsonpath)
  if (format === 'json') return `${JSON.stringify(selected, null, 2)}\n`
  const {toYaml} = await import('./yaml.js')
  return toYaml(selected)
}

/** Whatever a JSONPath selects, as an array. Filter expressions run in jsonpath-plus's own safe evaluator, never as JavaScript. */
export async function selectJsonPath(document: unknown, path: string): Promise<unknown[]> {
  const [{JSONPath}, {UsageError}] = await Promise.all([import('jsonpath-plus'), import('../errors.js')])
  try {
    return JSONPath({path, json: document as object, wrap: true, eval: 'safe'}) as unknown[]
  } catch (error) {
    throw new UsageError(
      `is not a JSONPath: ${error instanceof Error ? error.message : String(error)}`,
      `--jsonpath ${path}`,
    )
  }
}
