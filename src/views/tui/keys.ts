import type {KeyName} from './key.js'

/** What is looked at. */
export type ViewKind = 'trace' | 'table' | 'text'

/** What a key can mean while nothing lies over the view. */
export type Command =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'top'
  | 'bottom'
  | 'left'
  | 'right'
  | 'enter'
  | 'other-pane'
  | 'next-tab'
  | 'previous-tab'
  | 'next-branch'
  | 'previous-branch'
  | 'next-decision'
  | 'minor'
  | 'edit'
  | 'undo'
  | 'redo'
  | 'what-if'
  | 'difference'
  | 'open-row'
  | 'find'
  | 'sort'
  | 'describe'
  | 'source'
  | 'trace-row'
  | 'export'
  | 'copy'
  | 'command-line'
  | 'find-all'
  | 'refresh'
  | 'mouse'
  | 'help'
  | 'back'
  | 'quit'

export interface KeyEntry {
  keys: readonly KeyName[]
  command: Command
  /** The views in which the key means this. */
  in: readonly ViewKind[]
  /** What the help overlay says. */
  help: string
  /** What the bottom line says, where it has room; absent for keys that need no reminder. */
  hint?: string
}

const all: readonly ViewKind[] = ['trace', 'table', 'text']

/** The one table: dispatch, bottom line and help are made from it. */
export const keyTable: readonly KeyEntry[] = [
  {
    keys: ['enter'],
    command: 'enter',
    in: ['table'],
    help: 'follow: listener, chain, route, cluster, endpoint, its pod',
    hint: 'follow',
  },
  {
    keys: [':'],
    command: 'command-line',
    in: all,
    help: 'go to a view: pods, listeners, clusters ...; tab completes',
    hint: 'views',
  },
  {keys: ['e'], command: 'edit', in: ['trace'], help: 'edit the request; the trace follows', hint: 'edit'},
  {
    keys: ['b'],
    command: 'next-branch',
    in: ['trace'],
    help: 'next branch (another way the request can go)',
    hint: 'branch',
  },
  {keys: ['B'], command: 'previous-branch', in: ['trace'], help: 'previous branch'},
  {
    keys: ['w'],
    command: 'what-if',
    in: ['trace'],
    help: 'what if: disable a rule, take an endpoint down, other weights, mTLS',
    hint: 'what if',
  },
  {
    keys: ['D'],
    command: 'difference',
    in: ['trace'],
    help: 'mark this request; once more: where another one parts from it',
    hint: 'diff',
  },
  {
    keys: ['/'],
    command: 'find',
    in: ['trace', 'table'],
    help: 'show only what contains a text; esc shows all again',
    hint: 'filter',
  },
  {keys: ['t'], command: 'trace-row', in: ['table'], help: 'trace a request that lands on this row', hint: 'trace'},
  {
    keys: ['d'],
    command: 'describe',
    in: ['table'],
    help: 'describe: every column of the row, as a list',
    hint: 'describe',
  },
  {
    keys: ['y'],
    command: 'source',
    in: ['trace', 'table'],
    help: 'source: the configuration or rule behind it, with its JSONPath',
    hint: 'source',
  },
  {
    keys: ['s'],
    command: 'sort',
    in: ['table'],
    help: 'sort by the column in brackets; again: turned round; again: as it was',
    hint: 'sort',
  },
  {
    keys: ['tab'],
    command: 'other-pane',
    in: ['trace'],
    help: 'other pane: the way, or what is known of the selected step',
    hint: 'pane',
  },
  {keys: [']'], command: 'next-tab', in: ['trace'], help: 'next tab: Why, Considered, Source, Counters', hint: 'tab'},
  {keys: ['[', 'shift-tab'], command: 'previous-tab', in: ['trace'], help: 'previous tab'},
  {keys: ['down', 'j'], command: 'down', in: all, help: 'down'},
  {keys: ['up', 'k'], command: 'up', in: all, help: 'up'},
  {keys: ['pagedown', 'ctrl-f', ' '], command: 'page-down', in: all, help: 'a page down'},
  {keys: ['pageup', 'ctrl-b'], command: 'page-up', in: all, help: 'a page up'},
  {keys: ['g', 'home'], command: 'top', in: all, help: 'first line'},
  {keys: ['G', 'end'], command: 'bottom', in: all, help: 'last line'},
  {
    keys: ['left', 'h'],
    command: 'left',
    in: all,
    help: 'fold, or go to what it belongs to; in tables the column to the left',
  },
  {keys: ['right', 'l'], command: 'right', in: all, help: 'unfold, or go into it; in tables the column to the right'},
  {keys: ['enter'], command: 'enter', in: ['trace'], help: 'fold or unfold a hop; on a step, read about it'},
  {
    keys: ['o'],
    command: 'open-row',
    in: ['trace'],
    help: 'open the table of what the selected step decided',
    hint: 'open',
  },
  {
    keys: ['n'],
    command: 'next-decision',
    in: ['trace'],
    help: 'where it failed, or the next step that passed something over',
  },
  {
    keys: ['m'],
    command: 'minor',
    in: ['trace'],
    help: 'more steps: filters and choices that led on without deciding',
    hint: 'more',
  },
  {keys: ['u'], command: 'undo', in: ['trace'], help: 'back to the request before'},
  {keys: ['U', 'ctrl-r'], command: 'redo', in: ['trace'], help: 'forward to the request that was left with u'},
  {
    keys: ['x'],
    command: 'export',
    in: all,
    help: 'export what is shown to a file: the trace, the rows, the document',
    hint: 'export',
  },
  {keys: ['c'], command: 'copy', in: all, help: 'show and copy the command that prints this', hint: 'copy command'},
  {
    keys: ['ctrl-k'],
    command: 'find-all',
    in: all,
    help: 'search everything: pods, services, listeners, routes, clusters, endpoints, rules',
  },
  {keys: ['R'], command: 'refresh', in: all, help: 'read a live mesh again'},
  {
    keys: ['M'],
    command: 'mouse',
    in: all,
    help: 'mouse on or off: click selects, wheel scrolls (off: the terminal selects text)',
  },
  {keys: ['esc'], command: 'back', in: all, help: 'leave this: overlay, filter, pane, view', hint: 'back'},
  {keys: ['?'], command: 'help', in: all, help: 'these keys', hint: 'keys'},
  {keys: ['q', 'ctrl-c'], command: 'quit', in: all, help: 'quit', hint: 'quit'},
]

const byKey = new Map(
  keyTable.flatMap((entry) =>
    entry.in.flatMap((view) => entry.keys.map((key): [string, Command] => [`${view} ${key}`, entry.command])),
  ),
)

export const commandOf = (key: KeyName, view: ViewKind): Command | null => byKey.get(`${view} ${key}`) ?? null

/** Keys of the request editor and of prompts, for the help overlay; text goes to the field itself. */
export const editorKeys: readonly {keys: readonly KeyName[]; help: string}[] = [
  {keys: ['tab', 'down'], help: 'next field; in prompts: complete, and older commands with up'},
  {keys: ['shift-tab', 'up'], help: 'previous field'},
  {keys: ['right'], help: 'at the end of a field: take the suggestion'},
  {keys: ['ctrl-u'], help: 'empty the field'},
  {keys: ['enter'], help: 'trace this request; go there'},
  {keys: ['esc'], help: 'keep the old request; close the prompt'},
]
