import {writeFileSync} from 'node:fs'
import {printableLine} from '../printable.js'
import type {Message} from './state.js'

/** Writes a new file; one that exists is never written over. */
export function save(path: string, text: string): Message {
  try {
    writeFileSync(path, text, {flag: 'wx'})
    return {text: `written to ${path}`, tone: 'good'}
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    return {text: exists ? `${path} exists: choose another name` : `cannot write: ${String(error)}`, tone: 'bad'}
  }
}

/** Terminals that know no clipboard sequence and would show it. */
const withoutClipboard = new Set(['linux', 'dumb', ''])

/** Hands a text to the terminal's clipboard (OSC 52), and shows it: terminals may refuse. */
export function copy(text: string, write: (text: string) => void): Message {
  const clean = printableLine(text)
  if (withoutClipboard.has(process.env['TERM'] ?? '')) return {text: clean, tone: 'name'}
  write(`\u001b]52;c;${Buffer.from(clean).toString('base64')}\u0007`)
  return {text: clean, tone: 'name'}
}
