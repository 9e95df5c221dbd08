import type {CommandModel, Given, Position} from './position.js'

/** One word that could stand at the cursor, and what it means. */
export interface Candidate {
  value: string
  description: string
}

/** Names that only a capture, a file or the cluster knows. */
export type NameKind = 'pods' | 'clusters' | 'routes' | 'namespaces' | 'contexts'

/** What can stand at the cursor. */
export interface Candidates {
  known: Candidate[]
  /** Files of this machine can stand there too. */
  files: boolean
  /** Names of this kind can stand there too. */
  names: NameKind | null
}

/** Everything that can be typed. */
export interface CommandLineModel {
  commands: readonly CommandModel[]
  /** What groups of commands are about, by their names. */
  topics: ReadonlyMap<string, string>
}

const nothing: Candidates = {known: [], files: false, names: null}

const plain = (value: string): Candidate => ({value, description: ''})

/** Flags and arguments that name something, by their own names. */
const namesBy: Readonly<Record<string, NameKind>> = {
  pod: 'pods',
  client: 'pods',
  target: 'clusters',
  cluster: 'clusters',
  name: 'routes',
  namespace: 'namespaces',
  context: 'contexts',
}

const fileFlags = new Set(['file', 'kubeconfig', 'batch', 'env', 'out', 'from', 'tests'])

/** What can stand at a position, without the names that have to be looked up. */
export function candidatesAt(model: CommandLineModel, position: Position): Candidates {
  switch (position.kind) {
    case 'command':
      return {...nothing, known: nextWords(model, position.words)}
    case 'flag':
      return {...nothing, known: flagsOf(position.command, position.given)}
    case 'flag-value': {
      const {flag, before} = position
      if (flag.options !== undefined) return {...nothing, known: flag.options.map((value) => plain(before + value))}
      return {
        known: flag.name === 'from' ? [{value: `${before}sample`, description: 'the capture that comes with it'}] : [],
        files: fileFlags.has(flag.name),
        names: namesBy[flag.name] ?? null,
      }
    }
    case 'argument':
      return {known: [], files: position.name === 'file', names: argumentNames(position.command, position.name)}
    case 'nothing':
      return nothing
    default:
      return position satisfies never
  }
}

/** `match` takes a URL as its target, `who-reaches` a cluster. */
const argumentNames = ({id}: CommandModel, name: string): NameKind | null =>
  name === 'target' && id !== 'routes:who-reaches' ? null : (namesBy[name] ?? null)

/** Words that lead on to a command; aliases are not proposed beside the names that they stand for. */
function nextWords({commands, topics}: CommandLineModel, words: readonly string[]): Candidate[] {
  const found = new Map<string, string>()
  const isAlias = words.length > 0 && !commands.some(({id}) => id.startsWith(`${words[0]}:`))
  for (const command of commands.filter(({hidden}) => !hidden))
    for (const name of isAlias
      ? command.aliases.filter((alias) => lastPart(alias) === lastPart(command.id))
      : [command.id]) {
      const parts = name.split(':')
      const next = parts[words.length]
      if (next === undefined || parts.slice(0, words.length).join(':') !== words.join(':')) continue
      const isWhole = parts.length === words.length + 1
      if (isWhole || !found.has(next))
        found.set(next, (isWhole ? command.summary : topics.get(parts.slice(0, words.length + 1).join(':'))) ?? '')
    }
  return [...found].map(([value, description]) => ({value, description}))
}

const lastPart = (id: string): string => id.slice(id.lastIndexOf(':') + 1)

/** Flags that were not given yet. */
function flagsOf({flags}: CommandModel, given: Given): Candidate[] {
  return flags
    .filter(({name, hidden, multiple}) => hidden !== true && (multiple === true || !given.flags.has(name)))
    .flatMap(({name, allowNo, summary = ''}) => [
      {value: `--${name}`, description: summary},
      ...(allowNo === true ? [{value: `--no-${name}`, description: ''}] : []),
    ])
}
