import {BrokenJson} from './broken-json.js'
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endsPlainText,
  isSpace,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
} from './bytes.js'
import {type Chunk, chunkOf} from './chunk.js'
import {type Frame, memberPlan} from './frame.js'
import {parseKept} from './kept-text.js'
import {MemberTable} from './member-table.js'
import {maxDepth, OpaqueValue} from './opaque-value.js'
import {keep, type Plan, type TypedList, type Whole} from './plan.js'
import {TextBuffer} from './text-buffer.js'
import {leadingType, longestTypePrefix, typeName} from './type-of-object.js'
import {type Leaf, type Visit, walk} from './walk.js'
import {warmUp} from './warm-up.js'

/** What may stand next in the container that is open. */
type Next = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'after-value' | 'nothing'

/** So much kept text is parsed at a time: large enough that calls do not count, small enough that what it becomes dies young. */
const batchSize = 1 << 16

/** Longer member names are refused where they have to be looked at. */
const longestName = 1 << 20

/**
 * Reads one JSON document in pieces of any size and hands out what its plan wants. Only wanted text is kept and reaches
 * `JSON.parse`; of all other text the structure alone is checked. Feed it with `push`, then call `end`.
 * @throws BrokenJson where the structure is not JSON's, or a planned value is of another kind.
 */
export class JsonScanner {
  private readonly frames: Frame[] = []
  /** The last of `frames`. */
  private top: Frame | undefined
  private readonly opaque = new OpaqueValue()
  private readonly out = new TextBuffer()
  /** The object whose type does not come first, gathered until its end. */
  private readonly retained = new TextBuffer()
  private passing: 'skip' | 'keep' | 'retain' | null = null
  private next: Next = 'value'
  /** The plan of the value that comes next. */
  private plan: Plan | undefined
  /** Values that are handed out as one, and how many frames were open when they began. */
  private readonly whole: {plan: Whole | Visit | Leaf; depth: number}[] = []
  /** Bytes of the last chunk that belong to a name or type that goes on. */
  private carried: Uint8Array | null = null
  private offset: number
  /** True until something else than white space is met. */
  private empty = true

  /** `offset` is added to the places that errors name. */
  constructor(plan: Plan, offset = 0) {
    this.plan = plan
    this.offset = offset
    warmUp()
  }

  /** Takes the next bytes of the document; they may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    const all = this.carried === null ? bytes : Buffer.concat([this.carried, bytes])
    this.carried = null
    const chunk = chunkOf(all, this.offset)
    const used = this.scan(chunk)
    if (used < all.length) this.carried = Uint8Array.prototype.slice.call(all, used)
    this.offset += used
  }

  /** Says that the document ends here. */
  end(): void {
    if (this.passing !== null && this.opaque.inBareScalar) this.push(Uint8Array.of(SPACE))
    if (this.next === 'nothing') return
    const inName = this.carried !== null && this.passing === null
    if (this.empty && !inName) throw new BrokenJson('is empty', 0)
    throw new BrokenJson(
      this.passing === null ? 'ends before its last bracket' : this.opaque.endsIn,
      this.offset + (this.carried?.length ?? 0),
    )
  }

  /** Gives the index up to which the chunk is dealt with. */
  private scan(chunk: Chunk): number {
    const {bytes, base} = chunk
    const to = bytes.length
    let i = 0
    while (i < to) {
      if (this.passing !== null) {
        i = this.passOn(chunk, i, to)
        continue
      }
      let byte = bytes[i] as number
      while (byte <= SPACE && isSpace(byte) && ++i < to) byte = bytes[i] as number
      if (i >= to) break
      this.empty = false
      switch (this.next) {
        case 'value':
        case 'value-or-end': {
          if (byte === CLOSE_ARRAY && this.next === 'value-or-end') {
            i++
            this.close(base + i)
            break
          }
          const after = this.beginValue(chunk, i)
          if (after < 0) return i
          i = after
          break
        }
        case 'key':
        case 'key-or-end': {
          if (byte === CLOSE_OBJECT && this.next === 'key-or-end') {
            i++
            this.close(base + i)
            break
          }
          if (byte !== QUOTE) throw new BrokenJson('a member name is missing', base + i)
          const after = this.readName(chunk, i, to)
          if (after < 0) return i
          i = after
          break
        }
        case 'colon':
          if (byte !== COLON) throw new BrokenJson('no colon after a member name', base + i)
          i++
          this.next = 'value'
          break
        case 'after-value': {
          const isObject = this.top?.isObject === true
          if (byte === COMMA) this.next = isObject ? 'key' : 'value'
          else if (byte === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) this.close(base + i)
          else throw new BrokenJson('neither a comma nor the matching bracket', base + i)
          if (!isObject && byte === COMMA) this.plan = this.itemPlan()
          i++
          break
        }
        case 'nothing':
          throw new BrokenJson('something follows the end of the document', base + i)
        default:
          this.next satisfies never
      }
    }
    return i
  }

  /** Passes over a value, or keeps it, as far as the chunk goes. */
  private passOn(chunk: Chunk, from: number, to: number): number {
    const end = this.opaque.pass(chunk, from, to)
    if (this.passing === 'keep') this.out.range(chunk.bytes, from, end)
    else if (this.passing === 'retain') this.retained.range(chunk.bytes, from, end)
    if (this.opaque.done) {
      const {passing} = this
      this.passing = null
      if (passing === 'retain') this.scanRetained(chunk.base + end)
      this.valueEnded(chunk.base + end)
    }
    return end
  }

  private pass(how: 'skip' | 'keep' | 'retain'): void {
    this.passing = how
    this.opaque.start()
  }

  /** Looks at the first byte of a value and decides what is done with it; gives the index to go on from, -1 for more bytes first. */
  private beginValue(chunk: Chunk, i: number): number {
    const {bytes, base} = chunk
    const {plan} = this
    const byte = bytes[i] as number
    const isContainer = byte === OPEN_OBJECT || byte === OPEN_ARRAY
    if (plan === undefined) {
      this.pass('skip')
      return i
    }
    switch (plan.kind) {
      case 'keep':
        this.separate()
        this.pass('keep')
        return i
      case 'members':
        this.separate()
        if (!isContainer) {
          this.pass('keep')
          return i
        }
        this.out.byte(byte)
        return this.open(plan, byte, base + i, i)
      case 'whole':
        this.whole.push({plan, depth: this.frames.length})
        this.plan = plan.value
        return i
      case 'fields':
        if (byte === OPEN_OBJECT) {
          plan.begin?.()
          return this.open(plan, byte, base + i, i)
        }
        return this.absent(plan.name, 'an object', byte, base + i, i)
      case 'items':
        return byte === OPEN_ARRAY
          ? this.open(plan, byte, base + i, i)
          : this.absent(plan.name, 'a list', byte, base + i, i)
      case 'typed':
        if (this.top?.plan === plan) return this.beginTyped(plan, chunk, i)
        return byte === OPEN_ARRAY
          ? this.open(plan, byte, base + i, i)
          : this.absent(plan.name, 'a list', byte, base + i, i)
      case 'visit':
      case 'leaf':
        return this.walk(plan, chunk, i)
      default:
        return plan satisfies never
    }
  }

  /** Walks over a value in one go; one that goes on beyond the chunk is gathered first. */
  private walk(plan: Visit | Leaf, chunk: Chunk, i: number): number {
    const end = walk(plan, chunk, i)
    if (end >= 0) {
      this.valueEnded(chunk.base + end)
      return end
    }
    this.whole.push({plan, depth: this.frames.length})
    this.pass('keep')
    return i
  }

  /** A planned object or list may be null, as in proto JSON; any other kind of value in its place is refused. */
  private absent(name: string, kind: string, byte: number, offset: number, i: number): number {
    if (byte !== 0x6e) throw new BrokenJson(`${name} is not ${kind}`, offset)
    this.pass('skip')
    return i
  }

  /** Begins an object that is treated as its `@type` says; one that names its type late is kept until its end. */
  private beginTyped(list: TypedList, chunk: Chunk, i: number): number {
    const {bytes, base} = chunk
    if (bytes[i] !== OPEN_OBJECT) throw new BrokenJson(`an item of ${list.name} is not an object`, base + i)
    const found = leadingType(bytes, i)
    if (found === 'more' && bytes.length - i < longestTypePrefix) return -1
    if (found === undefined || found === 'more') {
      this.retained.clear()
      this.pass('retain')
      return i
    }
    this.plan = list.plan(found.type)
    return this.beginValue(chunk, i)
  }

  /** Deals with an object that was kept until its end, now that its type can be looked up anywhere in it. */
  private scanRetained(end: number): void {
    const list = this.top?.plan
    if (list?.kind !== 'typed') return
    const bytes = this.retained.view()
    const types: unknown[] = []
    const typeMember: Whole = {kind: 'whole', value: keep, take: (type) => types.push(type)}
    const table = new MemberTable<Plan>([['@type', typeMember]])
    scanAll({kind: 'fields', name: `an item of ${list.name}`, table}, bytes, end - bytes.length)
    const [type] = types
    const plan = typeof type === 'string' ? list.plan(typeName(type)) : undefined
    if (plan !== undefined) scanAll(plan, bytes, end - bytes.length)
  }

  private open(plan: Plan, byte: number, offset: number, i: number): number {
    if (this.frames.length > maxDepth) throw new BrokenJson(`more than ${maxDepth} levels`, offset)
    const isObject = byte === OPEN_OBJECT
    this.top = {plan, isObject, wrote: false, seen: plan.kind === 'fields' ? [] : null}
    this.frames.push(this.top)
    this.next = isObject ? 'key-or-end' : 'value-or-end'
    if (!isObject) this.plan = this.itemPlan()
    return i + 1
  }

  /** The plan of the items of the list that is open. */
  private itemPlan(): Plan | undefined {
    const plan = this.top?.plan
    return plan?.kind === 'items' ? plan.item : plan
  }

  private close(offset: number): void {
    const frame = this.frames.pop()
    this.top = this.frames.at(-1)
    if (frame?.plan.kind === 'members') this.out.byte(frame.isObject ? CLOSE_OBJECT : CLOSE_ARRAY)
    if (frame?.plan.kind === 'items') this.flush(frame, offset)
    if (frame?.plan.kind === 'fields') frame.plan.end?.()
    this.valueEnded(offset)
  }

  private valueEnded(offset: number): void {
    const whole = this.whole.at(-1)
    if (whole !== undefined && whole.depth === this.frames.length) {
      this.whole.pop()
      this.handOut(whole.plan, offset)
    }
    const frame = this.top
    this.next = frame === undefined ? 'nothing' : 'after-value'
    if (frame?.plan.kind === 'items' && this.out.length >= batchSize) this.flush(frame, offset)
  }

  private handOut(plan: Whole | Visit | Leaf, offset: number): void {
    if (plan.kind === 'whole') return void plan.take(parseKept(this.out, '', '', offset))
    // A number that stands alone ends at the byte after it.
    this.out.byte(SPACE)
    walk(plan, chunkOf(this.out.view(), offset - this.out.length + 1), 0)
    this.out.clear()
  }

  private flush(frame: Frame, offset: number): void {
    if (frame.plan.kind !== 'items' || this.out.length === 0) return
    const items = parseKept(this.out, '[', ']', offset)
    if (Array.isArray(items)) frame.plan.take(items)
    frame.wrote = false
  }

  /** Writes the comma before a kept item of a list; members get theirs with their name. */
  private separate(): void {
    const frame = this.top
    if (frame === undefined || frame.isObject || (frame.plan.kind !== 'items' && frame.plan.kind !== 'members')) return
    if (frame.wrote) this.out.byte(COMMA)
    frame.wrote = true
  }

  /** Reads the member name at the quote `i` and chooses the plan of its value; -1 when it goes on beyond the chunk. */
  private readName(chunk: Chunk, i: number, to: number): number {
    const {bytes, base} = chunk
    let end = i + 1
    let escaped = false
    for (;;) {
      while (end < to && endsPlainText[bytes[end] as number] === 0) end++
      if (end >= to) return this.longName(i, to, base)
      if (bytes[end] === QUOTE) break
      if (bytes[end] !== BACKSLASH) throw new BrokenJson('a control character inside a string', base + end)
      escaped = true
      end += 2
    }
    const frame = this.top
    if (frame !== undefined) this.plan = memberPlan(frame, bytes, i + 1, end, escaped, base)
    if (this.plan !== undefined && frame?.plan.kind === 'members') {
      if (frame.wrote) this.out.byte(COMMA)
      frame.wrote = true
      this.out.range(bytes, i, end + 1)
      this.out.byte(COLON)
    }
    end++
    const hasColon = end < to && bytes[end] === COLON
    this.next = hasColon ? 'value' : 'colon'
    return hasColon ? end + 1 : end
  }

  private longName(i: number, to: number, base: number): number {
    if (to - i > longestName) throw new BrokenJson(`a member name of more than ${longestName} bytes`, base + i)
    return -1
  }
}

function scanAll(plan: Plan, bytes: Uint8Array, offset: number): void {
  const scanner = new JsonScanner(plan, offset)
  scanner.push(bytes)
  scanner.end()
}
