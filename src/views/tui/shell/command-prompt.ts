import {themeNames} from '../../themes.js'
import {type Field, fieldOf} from '../field.js'
import {type ResourceName, resourceNames} from '../resources/resource.js'

/** The line that `:` opens. */
export interface CommandPrompt {
  field: Field
  /** What was typed before completion began, and which completion stands there. */
  completing: {typed: string; index: number} | null
  /** How far one went back through the commands that were given; 0: none. */
  back: number
}

export const emptyPrompt: CommandPrompt = {field: fieldOf(''), completing: null, back: 0}

/** What a command means. */
export type Order =
  | {kind: 'table'; resource: ResourceName; place: string | null}
  | {kind: 'trace'}
  | {kind: 'theme'; name: string}
  | {kind: 'mouse'}
  | {kind: 'refresh'}
  | {kind: 'help'}
  | {kind: 'quit'}

/** Other words for the same, as fingers know them from other tools. */
const aliases: Readonly<Record<string, string>> = {
  po: 'pods',
  pod: 'pods',
  p: 'pods',
  svc: 'services',
  service: 'services',
  listener: 'listeners',
  l: 'listeners',
  lds: 'listeners',
  chain: 'chains',
  'filter-chains': 'chains',
  route: 'routes',
  r: 'routes',
  rds: 'routes',
  cluster: 'clusters',
  c: 'clusters',
  cds: 'clusters',
  endpoint: 'endpoints',
  ep: 'endpoints',
  eds: 'endpoints',
  rules: 'iptables',
  nft: 'iptables',
  i: 'iptables',
  secret: 'secrets',
  s: 'secrets',
  check: 'checks',
  t: 'trace',
  'q!': 'quit',
  q: 'quit',
  exit: 'quit',
  h: 'help',
}

const others = ['trace', 'theme', 'mouse', 'refresh', 'help', 'quit'] as const

/** Every command by its own name, with what it does; for completion, search and help. */
export const commandNames: readonly string[] = [...resourceNames, ...others]

/** Words in front of which the command stands alone. */
const placed = new Set<string>(resourceNames.filter((name) => name !== 'pods' && name !== 'services'))

/** The names that `text` can go on to; the arguments of a command once a blank stands behind it. */
export function completions(text: string, places: readonly string[]): string[] {
  const [, command = '', argument] = /^\s*(\S*)(?:\s+(\S*))?$/.exec(text) ?? []
  if (argument === undefined) return commandNames.filter((name) => name.startsWith(command.toLowerCase()))
  const name = aliases[command] ?? command
  const values = name === 'theme' ? themeNames : placed.has(name) ? places : []
  return ranked(values, argument).map((value) => `${name} ${value}`)
}

/** Those that begin so, then those whose own name (behind the namespace) does, then those that contain it. */
function ranked(values: readonly string[], part: string): string[] {
  const own = (value: string): string => value.slice(value.indexOf('/') + 1)
  const rank = (value: string): number =>
    value.startsWith(part) ? 0 : own(value).startsWith(part) ? 1 : value.includes(part) ? 2 : 3
  return values.filter((value) => rank(value) < 3).sort((a, b) => rank(a) - rank(b))
}

/** What stands behind the cursor as an offer: the first completion's rest. */
export function offered({field: {text}}: CommandPrompt, places: readonly string[]): string {
  if (text.trim() === '') return ''
  const [first = ''] = completions(text, places)
  return first.toLowerCase().startsWith(text.toLowerCase())
    ? first.slice(text.length)
    : first === ''
      ? ''
      : ` (${first})`
}

/** The next completion, or the one before; those of what was typed before completion began. */
export function complete(prompt: CommandPrompt, by: number, places: readonly string[]): CommandPrompt {
  const typed = prompt.completing?.typed ?? prompt.field.text
  const found = completions(typed, places)
  if (found.length === 0) return prompt
  const last = prompt.completing?.index ?? (by > 0 ? -1 : 0)
  const index = (last + by + found.length) % found.length
  const only = found.length === 1 && placed.has(found[index] ?? '') ? ' ' : ''
  return {
    ...prompt,
    field: fieldOf(`${found[index] ?? typed}${only}`),
    completing: only === '' ? {typed, index} : null,
  }
}

/** An older command, or a newer one. */
export function recall(prompt: CommandPrompt, by: number, given: readonly string[]): CommandPrompt {
  const back = Math.max(0, Math.min(prompt.back + by, given.length))
  return {field: fieldOf(back === 0 ? '' : (given[given.length - back] ?? '')), completing: null, back}
}

/** Reads a command; a word where it means nothing. A pod may be named in part, where the part fits one. */
export function readCommand(text: string, places: readonly string[]): Order | string {
  const [command = '', argument = ''] = text.trim().replace(/^:/, '').split(/\s+/)
  const name = aliases[command.toLowerCase()] ?? uniqueName(command.toLowerCase())
  const resource = resourceNames.find((each) => each === name)
  if (resource !== undefined) return tableOrder(resource, argument, places)
  switch (name) {
    case 'trace':
    case 'mouse':
    case 'refresh':
    case 'help':
    case 'quit':
      return {kind: name}
    case 'theme':
      return themeNames.some((theme) => theme === argument)
        ? {kind: 'theme', name: argument}
        : `themes: ${themeNames.join(', ')}`
    default:
      return `no such view or command: ${command} (? lists all)`
  }
}

/** A command may be cut short where only one goes on so. */
function uniqueName(part: string): string {
  const found = commandNames.filter((name) => name.startsWith(part))
  return found.length === 1 || found.includes(part) ? (found.find((name) => name === part) ?? found[0] ?? part) : part
}

function tableOrder(resource: ResourceName, argument: string, places: readonly string[]): Order | string {
  if (argument === '' || !placed.has(resource)) return {kind: 'table', resource, place: null}
  const [place] = ranked(places, argument)
  return place === undefined ? `no pod or node is called ${argument}` : {kind: 'table', resource, place}
}
