import {BACKSLASH, QUOTE} from './bytes.js'
import type {Leaf} from './visit.js'

const ZERO = 0x30
const NINE = 0x39

/** Numbers of so many digits are read here, others by the engine. */
const mostDigits = 9

let lastBytes: Uint8Array | null = null
let lastBuffer: Buffer = Buffer.alloc(0)

/** The same bytes with Node's decoders; the view is kept, for many values come from one piece of a document. */
function bufferOn(bytes: Uint8Array): Buffer {
  if (bytes !== lastBytes) {
    lastBytes = bytes
    lastBuffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  return lastBuffer
}

const parsed = (bytes: Uint8Array, from: number, to: number): unknown =>
  JSON.parse(bufferOn(bytes).toString('utf8', from, to))

/** Takes a string; any other value as undefined. */
export const textLeaf = (take: (text: string | undefined) => void): Leaf => ({
  kind: 'leaf',
  take: (bytes, from, to) => take(textAt(bytes, from, to)),
})

/** Takes any value; short whole numbers are read without a detour. */
export const valueLeaf = (take: (value: unknown) => void): Leaf => ({
  kind: 'leaf',
  take: (bytes, from, to) => take(smallNumberAt(bytes, from, to) ?? parsed(bytes, from, to)),
})

/** Takes a string of which few different ones occur: each is made once. */
export function wordLeaf(take: (text: string | undefined) => void): Leaf {
  const words: {bytes: Uint8Array; text: string | undefined}[] = []
  return {
    kind: 'leaf',
    take: (bytes, from, to) => {
      for (const word of words) if (stands(word.bytes, bytes, from, to)) return take(word.text)
      const text = textAt(bytes, from, to)
      if (words.length < mostWords) words.push({bytes: Uint8Array.prototype.slice.call(bytes, from, to), text})
      take(text)
    },
  }
}

/** Beyond so many, words are not remembered: looking them up would cost more than making them. */
const mostWords = 16

function stands(word: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false
  return true
}

function textAt(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (bytes[from] !== QUOTE) return undefined
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte === BACKSLASH || byte > 0x7e) return String(parsed(bytes, from, to))
  }
  return bufferOn(bytes).toString('latin1', from + 1, to - 1)
}

function smallNumberAt(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from > mostDigits) return undefined
  let value = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte < ZERO || byte > NINE) return undefined
    value = value * 10 + byte - ZERO
  }
  return value
}
