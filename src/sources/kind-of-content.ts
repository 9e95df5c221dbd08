import {kindByBeginning, kindByMember} from './dump-kind.js'

/** What the beginning of a file shows it to be, for a message about a file that should be something else. */
export interface ContentKind {
  /** `is a config dump`. */
  what: string
  hint: string | null
}

/** Looks at the first bytes alone; a text that shows nothing of its own is called by its form. */
export function kindOfContent(head: Uint8Array): ContentKind {
  const text = Buffer.from(head).toString('utf8').trimStart()
  if (text === '') return {what: 'is empty', hint: null}
  if (text.startsWith('{')) return kindOfJson(text)
  return {what: kindByBeginning(head), hint: null}
}

function kindOfJson(text: string): ContentKind {
  if (/"kind"\s*:\s*"Snapshot"/.test(text))
    return {what: 'is the document of a snapshot', hint: 'Pass the folder that it lies in'}
  const kind = kindByMember(/^\{\s*"([^"\\]*)"/.exec(text)?.[1] ?? '')
  return {
    what: `is ${kind ?? 'JSON'}`,
    hint: kind === 'a config dump' ? 'Pass it with -f to a command that has it' : null,
  }
}
