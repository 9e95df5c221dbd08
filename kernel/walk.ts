import {
  afterPlainText,
  afterSpace,
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './bytes'
import {BROKEN, FULL, INCOMPLETE, NO_COLON, NO_COMMA_OR_END, NO_KEY, NO_KEY_OR_END, refuse, TWICE} from './problem'
import {skip, skipped, startSkip} from './skip'

// A plan is a record of 32-bit words, written by `src/scan/kernel.ts`. Its first word says what is done with the value:
/** It is copied to the output. */
const KEEP = 0
/** An object is copied with the named members alone; lists are passed through. Words: KIND, members (see MEMBER_BYTES), each with its plan. */
const FILTER = 1
/** Its place is told. Words: KIND, event. */
const LEAF = 2
/** Members of an object are told. Words: KIND, event of the beginning or -1, event of the end or -1, members. */
const VISIT = 3
/** Each item of a list is treated by a plan. Words: KIND, plan. */
const LIST = 4

/** A table of members: their number, then of each the name's address and length, its bit, and its plan. */
const MEMBER_BYTES: usize = 16

/** Words of an event: which, and from where to where. */
const EVENT_BYTES = 12

let output: usize = 0
let events: usize = 0
let eventsEnd: usize = 0

/** Where the text that is kept goes, and where events are written. */
export function writeTo(text: usize, eventsFrom: usize, eventsTo: usize): void {
  output = text
  events = eventsFrom
  eventsEnd = eventsTo
}

export function outputEnd(): usize {
  return output
}
export function eventEnd(): usize {
  return events
}

function word(plan: usize, index: i32): i32 {
  return load<i32>(plan + ((<usize>index) << 2))
}

/**
 * Treats the value at `from` as `plan` says and checks all of it; gives the address after it, or INCOMPLETE where the bytes end before
 * that is certain. Then the caller forgets what was written and walks it again with more bytes.
 */
export function walk(plan: usize, from: usize, to: usize): i32 {
  const kind = word(plan, 0)
  const first = load<u8>(from)
  if (kind === FILTER) {
    if (first === OPEN_OBJECT) return filterMembers(plan, from, to)
    return first === OPEN_ARRAY ? walkItems(plan, from, to, true) : copied(from, to)
  }
  if (kind === KEEP) return copied(from, to)
  if (kind === VISIT && first === OPEN_OBJECT) return visitMembers(plan, from, to)
  if (kind === LIST && first === OPEN_ARRAY) return walkItems(word(plan, 1), from, to, false)
  const end = valueEnd(from, to)
  if (kind === LEAF && end >= 0 && !tell(word(plan, 1), from, end)) return FULL
  return end
}

/** The address after the value at `from`. */
export function valueEnd(from: usize, to: usize): i32 {
  if (load<u8>(from) === QUOTE) {
    const end = afterPlainText(from + 1, to)
    if (end < to && load<u8>(end) === QUOTE) return <i32>end + 1
  }
  startSkip()
  const end = skip(from, to)
  return end === BROKEN || skipped() ? end : INCOMPLETE
}

function copied(from: usize, to: usize): i32 {
  const end = valueEnd(from, to)
  if (end >= 0) copy(from, end)
  return end
}

function copy(from: usize, to: usize): void {
  memory.copy(output, from, to - from)
  output += to - from
}

function write(byte: u8): void {
  store<u8>(output++, byte)
}

function tell(event: i32, from: usize, to: usize): bool {
  if (event < 0) return true
  if (events + EVENT_BYTES > eventsEnd) return false
  store<i32>(events, event)
  store<i32>(events, <i32>from, 4)
  store<i32>(events, <i32>to, 8)
  events += EVENT_BYTES
  return true
}

function walkItems(item: usize, from: usize, to: usize, writes: bool): i32 {
  if (writes) write(OPEN_ARRAY)
  let i = afterSpace(from + 1, to)
  if (i >= to) return INCOMPLETE
  if (load<u8>(i) !== CLOSE_ARRAY) {
    for (;;) {
      const end = walk(item, i, to)
      if (end < 0) return end
      i = afterSpace(end, to)
      if (i >= to) return INCOMPLETE
      const byte = load<u8>(i)
      if (byte === CLOSE_ARRAY) break
      if (byte !== COMMA) return refuse(NO_COMMA_OR_END, i)
      if (writes) write(COMMA)
      i = afterSpace(i + 1, to)
      if (i >= to) return INCOMPLETE
    }
  }
  if (writes) write(CLOSE_ARRAY)
  return <i32>i + 1
}

function filterMembers(plan: usize, from: usize, to: usize): i32 {
  write(OPEN_OBJECT)
  let wrote = false
  let i = firstName(from, to)
  while (i >= 0 && load<u8>(i) !== CLOSE_OBJECT) {
    const nameEnd = valueEnd(i, to)
    if (nameEnd < 0) return nameEnd
    const value = startOfValue(nameEnd, to)
    if (value < 0) return value
    const member = memberAt(plan + 4, i + 1, nameEnd - 1)
    let end: i32
    if (member === 0) end = valueEnd(value, to)
    else {
      if (wrote) write(COMMA)
      wrote = true
      copy(i, nameEnd)
      write(COLON)
      end = walk(word(member, 3), value, to)
    }
    i = nextName(end, to)
  }
  write(CLOSE_OBJECT)
  return i < 0 ? i : i + 1
}

function visitMembers(plan: usize, from: usize, to: usize): i32 {
  if (!tell(word(plan, 1), from, from)) return FULL
  let seen: i32 = 0
  let i = firstName(from, to)
  while (i >= 0 && load<u8>(i) !== CLOSE_OBJECT) {
    const nameEnd = valueEnd(i, to)
    if (nameEnd < 0) return nameEnd
    const value = startOfValue(nameEnd, to)
    if (value < 0) return value
    const member = memberAt(plan + 12, i + 1, nameEnd - 1)
    let end: i32
    if (member === 0) end = valueEnd(value, to)
    else {
      // A second member of the same name would make the document ambiguous.
      const bit = word(member, 2)
      if ((seen & bit) !== 0) return refuse(TWICE, i)
      seen |= bit
      end = walk(word(member, 3), value, to)
    }
    i = nextName(end, to)
  }
  if (i < 0) return i
  return tell(word(plan, 2), i, i) ? i + 1 : FULL
}

/** The first name in the object at `from`, or the object's last brace. */
function firstName(from: usize, to: usize): i32 {
  const i = afterSpace(from + 1, to)
  if (i >= to) return INCOMPLETE
  const byte = load<u8>(i)
  return byte === QUOTE || byte === CLOSE_OBJECT ? <i32>i : refuse(NO_KEY_OR_END, i)
}

/** The name that follows a value which ended at `end`, or the object's last brace; what `end` says where the value has none. */
function nextName(end: i32, to: usize): i32 {
  if (end < 0) return end
  let i = afterSpace(end, to)
  if (i >= to) return INCOMPLETE
  const byte = load<u8>(i)
  if (byte === CLOSE_OBJECT) return <i32>i
  if (byte !== COMMA) return refuse(NO_COMMA_OR_END, i)
  i = afterSpace(i + 1, to)
  if (i >= to) return INCOMPLETE
  return load<u8>(i) === QUOTE ? <i32>i : refuse(NO_KEY, i)
}

/** The address of the value that follows a name. */
function startOfValue(nameEnd: usize, to: usize): i32 {
  let i = afterSpace(nameEnd, to)
  if (i >= to) return INCOMPLETE
  if (load<u8>(i) !== COLON) return refuse(NO_COLON, i)
  i = afterSpace(i + 1, to)
  return i < to ? <i32>i : INCOMPLETE
}

/** The entry in the table of the name between `from` and `to`, 0 where there is none. */
function memberAt(table: usize, from: usize, to: usize): usize {
  const last = table + 4 + <usize>load<i32>(table) * MEMBER_BYTES
  const isEscaped = afterPlainText(from, to) < to
  for (let entry = table + 4; entry < last; entry += MEMBER_BYTES) {
    const name = <usize>word(entry, 0)
    const length = <usize>word(entry, 1)
    if (isEscaped ? standsEscaped(name, length, from, to) : length === to - from && stands(name, length, from))
      return entry
  }
  return 0
}

function stands(name: usize, length: usize, from: usize): bool {
  for (let k: usize = 0; k < length; k++) if (load<u8>(name + k) !== load<u8>(from + k)) return false
  return true
}

/** Does a name of ASCII letters stand at `from` to `to`, some of them written as escapes? */
function standsEscaped(name: usize, length: usize, from: usize, to: usize): bool {
  let i = from
  for (let k: usize = 0; k < length; k++) {
    if (i >= to) return false
    let code: u32 = load<u8>(i++)
    if (code === BACKSLASH) {
      if (load<u8>(i++) !== 0x75) return false
      code = 0
      for (let digit = 0; digit < 4; digit++) code = (code << 4) | hexValue(load<u8>(i++))
    }
    if (code !== load<u8>(name + k)) return false
  }
  return i === to
}

function hexValue(byte: u8): u32 {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57
}
