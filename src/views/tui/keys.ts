import type {KeyName} from './key.js'

/** What a key can mean while the trace is looked at. */
export type Command =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'top'
  | 'bottom'
  | 'fold'
  | 'unfold'
  | 'toggle'
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
  | 'find'
  | 'export'
  | 'copy'
  | 'help'
  | 'back'
  | 'quit'

export interface KeyEntry {
  keys: readonly KeyName[]
  command: Command
  /** What the help overlay says. */
  help: string
  /** What the bottom line says, where it has room; absent for keys that need no reminder. */
  hint?: string
}

/** The one table: dispatch, bottom line and help are made from it. */
export const keyTable: readonly KeyEntry[] = [
  {keys: ['e'], command: 'edit', help: 'edit the request; the trace follows', hint: 'edit'},
  {keys: ['u'], command: 'undo', help: 'back to the request before'},
  {keys: ['U', 'ctrl-r'], command: 'redo', help: 'forward to the request that was left with u'},
  {keys: ['b'], command: 'next-branch', help: 'next branch (another way the request can go)', hint: 'branch'},
  {keys: ['B'], command: 'previous-branch', help: 'previous branch'},
  {keys: ['/'], command: 'find', help: 'show only what contains a text; esc shows all again', hint: 'find'},
  {
    keys: ['tab'],
    command: 'other-pane',
    help: 'other pane: the way, or what is known of the selected step',
    hint: 'pane',
  },
  {keys: [']'], command: 'next-tab', help: 'next tab: Why, Considered, Source, Counters', hint: 'tab'},
  {keys: ['[', 'shift-tab'], command: 'previous-tab', help: 'previous tab'},
  {keys: ['down', 'j'], command: 'down', help: 'down'},
  {keys: ['up', 'k'], command: 'up', help: 'up'},
  {keys: ['pagedown', 'ctrl-f', ' '], command: 'page-down', help: 'a page down'},
  {keys: ['pageup', 'ctrl-b'], command: 'page-up', help: 'a page up'},
  {keys: ['g', 'home'], command: 'top', help: 'first line'},
  {keys: ['G', 'end'], command: 'bottom', help: 'last line'},
  {keys: ['left', 'h'], command: 'fold', help: 'fold, or go to what it belongs to'},
  {keys: ['right', 'l'], command: 'unfold', help: 'unfold, or go into it'},
  {keys: ['enter'], command: 'toggle', help: 'fold or unfold a hop; on a step, read about it'},
  {keys: ['n'], command: 'next-decision', help: 'where it failed, or the next step that passed something over'},
  {keys: ['m'], command: 'minor', help: 'more steps: filters and choices that led on without deciding', hint: 'more'},
  {keys: ['x'], command: 'export', help: 'export the trace as JSON to a file', hint: 'export'},
  {keys: ['y'], command: 'copy', help: 'show and copy the command that prints this trace', hint: 'copy command'},
  {keys: ['?'], command: 'help', help: 'these keys', hint: 'keys'},
  {keys: ['esc'], command: 'back', help: 'leave this: overlay, filter, pane'},
  {keys: ['q', 'ctrl-c'], command: 'quit', help: 'quit', hint: 'quit'},
]

const byKey = new Map(keyTable.flatMap((entry) => entry.keys.map((key): [KeyName, Command] => [key, entry.command])))

export const commandOf = (key: KeyName): Command | null => byKey.get(key) ?? null

/** Keys of the request editor and of prompts, for the help overlay; text goes to the field itself. */
export const editorKeys: readonly {keys: readonly KeyName[]; help: string}[] = [
  {keys: ['tab', 'down'], help: 'next field'},
  {keys: ['shift-tab', 'up'], help: 'previous field'},
  {keys: ['right'], help: 'at the end of a field: take the suggestion'},
  {keys: ['ctrl-u'], help: 'empty the field'},
  {keys: ['enter'], help: 'trace this request'},
  {keys: ['esc'], help: 'keep the old request'},
]
