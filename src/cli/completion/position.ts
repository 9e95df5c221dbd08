/** What completion needs to know of a flag or argument; oclif's manifest has it. */
export interface FlagModel {
  name: string
  type: 'boolean' | 'option'
  char?: string | undefined
  aliases?: readonly string[] | undefined
  hidden?: boolean | undefined
  allowNo?: boolean | undefined
  multiple?: boolean | undefined
  summary?: string | undefined
  options?: readonly string[] | undefined
}

export interface CommandModel {
  /** With colons: `proxy-config:listener`. */
  id: string
  aliases: readonly string[]
  hidden: boolean
  summary: string
  /** Names of its positional arguments, in order. */
  args: readonly string[]
  flags: readonly FlagModel[]
}

/** What stands under the cursor. */
export type Position =
  /** A word of a command's name, behind these. */
  | {kind: 'command'; words: readonly string[]}
  | {kind: 'flag'; command: CommandModel; given: Given}
  | {kind: 'flag-value'; command: CommandModel; flag: FlagModel; given: Given; partial: string; before: string}
  | {kind: 'argument'; command: CommandModel; name: string; given: Given}
  | {kind: 'nothing'}

/** What was typed before the cursor. */
export interface Given {
  /** Values of flags by their names. */
  flags: ReadonlyMap<string, readonly string[]>
  /** Values of arguments by their names. */
  args: ReadonlyMap<string, string>
}

/** Finds what the word `partial` is part of, behind `words`. */
export function positionOf(commands: readonly CommandModel[], words: readonly string[], partial: string): Position {
  const {command, used} = commandOf(commands, words)
  if (command === undefined) return used === words.length ? {kind: 'command', words} : {kind: 'nothing'}
  const {given, open, positional} = readWords(command, words.slice(used))
  if (open !== undefined) return {kind: 'flag-value', command, flag: open, given, partial, before: ''}
  if (partial.startsWith('-')) {
    const [name = '', value] = partial.split(/=(.*)/s)
    const flag = flagOf(command, name)
    if (value === undefined || flag?.type !== 'option') return {kind: 'flag', command, given}
    return {kind: 'flag-value', command, flag, given, partial: value, before: `${name}=`}
  }
  const name = command.args[positional]
  return name === undefined ? {kind: 'nothing'} : {kind: 'argument', command, name, given}
}

/** The command whose name the words begin with (the longest), and how many words that takes. */
function commandOf(commands: readonly CommandModel[], words: readonly string[]) {
  let [command, used, length]: [CommandModel | undefined, number, number] = [undefined, 0, 0]
  for (const word of words) {
    if (word.startsWith('-')) break
    const id = words.slice(0, ++length).join(':')
    const found = commands.find((known) => known.id === id || known.aliases.includes(id))
    if (found !== undefined) [command, used] = [found, length]
    else if (!namesOf(commands).some((name) => name.startsWith(`${id}:`))) break
  }
  if (command !== undefined) return {command, used}
  const isPrefix = words.length === 0 || namesOf(commands).some((name) => name.startsWith(`${words.join(':')}:`))
  return {command, used: isPrefix ? words.length : -1}
}

const namesOf = (commands: readonly CommandModel[]): string[] => commands.flatMap(({id, aliases}) => [id, ...aliases])

function flagOf({flags}: CommandModel, word: string): FlagModel | undefined {
  if (!word.startsWith('--')) return flags.find(({char}) => word === `-${char}`)
  const name = word.slice(2)
  return flags.find((flag) => flag.name === name || flag.aliases?.includes(name) === true)
}

/** Reads the words behind a command's name; `open` is the flag whose value comes next. */
function readWords(command: CommandModel, words: readonly string[]) {
  const flags = new Map<string, string[]>()
  const args = new Map<string, string>()
  let open: FlagModel | undefined
  const put = ({name}: FlagModel, value: string) => flags.set(name, [...(flags.get(name) ?? []), value])
  for (const word of words) {
    if (open !== undefined) {
      put(open, word)
      open = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = word.split(/=(.*)/s)
      const flag = flagOf(command, name)
      if (flag?.type === 'option' && value === undefined) open = flag
      else if (flag !== undefined) put(flag, value ?? 'true')
    } else args.set(command.args[args.size] ?? `${args.size}`, word)
  }
  return {given: {flags, args}, open, positional: args.size}
}
