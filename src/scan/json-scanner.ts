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
import {CarriedBytes} from './carried-bytes.js'
import {type Frame, memberPlan} from './frame.js'
import {batchSize, Kernel} from './kernel.js'
import {MemberTable} from './member-table.js'
import {type Fields, type ItemList, keep, type Plan, type TypedList, type ValuePlan, type Whole} from './plan.js'
import {leadingType, longestTypePrefix, typeName} from './type-of-object.js'

/** What may stand next in the container that is open. */
type Next = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'after-value' | 'nothing'

/** Longer member names are refused where they have to be looked at. */
const longestName = 1 << 20

/** Returned in place of an index: more bytes are needed to tell. */
const MORE = -1

/**
 * Reads one JSON document in pieces of any size and hands out what its plan wants. Only wanted text is kept and reaches
 * `JSON.parse`; of all other text the structure alone is checked. Feed it with `push`, then call `end`.
 * @throws BrokenJson where the structure is not JSON's, or a planned value is of another kind.
 */
export class JsonScanner {
  private readonly kernel = Kernel.take()
  private readonly frames: Frame[] = []
  /** The last of `frames`. */
  private top: Frame | undefined
  /** True while a value is passed over that may go on in the next chunk. */
  private skipping = false
  private next: Next = 'value'
  /** The plan of the value that comes next. */
  private plan: Plan | undefined
  /** Bytes of earlier chunks that belong to something that goes on. */
  private readonly carried = new CarriedBytes()
  private offset: number
  /** True until something else than white space is met. */
  private empty = true

  /** `offset` is added to the places that errors name. */
  constructor(plan: Plan, offset = 0) {
    this.plan = plan
    this.offset = offset
  }

  /** Takes the next bytes of the document; they may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    const chunk = this.carried.with(bytes)
    if (chunk !== null) this.take(chunk)
  }

  /** Says that the document ends here. */
  end(): void {
    if (this.carried.length > 0 || (this.skipping && this.kernel.inBareScalar)) {
      // A number that stands alone ends at the byte after it.
      this.take(this.carried.all(Uint8Array.of(SPACE)))
    }
    if (this.next !== 'nothing') {
      const before = this.carried.length > 0 ? 1 : 0
      if (this.empty) throw new BrokenJson('is empty', 0)
      throw new BrokenJson(this.endsIn, this.offset + this.carried.length - before)
    }
    this.kernel.release()
  }

  /** What the end of the document here breaks off. */
  private get endsIn(): string {
    const isValue = this.skipping || (this.carried.length > 0 && this.next === 'value')
    return isValue && this.kernel.inString ? 'ends inside a string' : 'ends before its last bracket'
  }

  private take(bytes: Uint8Array): void {
    try {
      this.kernel.load(bytes, this.offset)
      const used = this.scan(bytes)
      this.carried.keep(bytes, used)
      this.offset += used
    } catch (error) {
      this.kernel.release()
      throw error
    }
  }

  /** Gives the index up to which the chunk is dealt with. */
  private scan(bytes: Uint8Array): number {
    const to = bytes.length
    let i = 0
    while (i < to) {
      let byte = bytes[i] as number
      if (!this.skipping) {
        while (byte <= SPACE && isSpace(byte) && ++i < to) byte = bytes[i] as number
        if (i >= to) break
        this.empty = false
      }
      const after = this.skipping ? this.skip(i) : this.step(bytes, byte, i)
      if (after === MORE) return i
      i = after
    }
    return i
  }

  /** Deals with the token at `i`, or the value that begins there; gives the index to go on from. */
  private step(bytes: Uint8Array, byte: number, i: number): number {
    const at = this.offset + i
    switch (this.next) {
      case 'value-or-end':
        if (byte === CLOSE_ARRAY) return this.close(i)
        return this.beginValue(bytes, i)
      case 'value':
        return this.beginValue(bytes, i)
      case 'key-or-end':
      case 'key':
        if (byte === CLOSE_OBJECT && this.next === 'key-or-end') return this.close(i)
        if (byte !== QUOTE) throw new BrokenJson('a member name is missing', at)
        return this.readName(bytes, i)
      case 'colon':
        if (byte !== COLON) throw new BrokenJson('no colon after a member name', at)
        this.next = 'value'
        return i + 1
      case 'after-value':
        return this.afterValue(byte, i)
      case 'nothing':
        throw new BrokenJson('something follows the end of the document', at)
      default:
        return this.next satisfies never
    }
  }

  private afterValue(byte: number, i: number): number {
    const isObject = this.top?.plan.kind === 'fields'
    if (byte === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return this.close(i)
    if (byte !== COMMA) throw new BrokenJson('neither a comma nor the matching bracket', this.offset + i)
    this.next = isObject ? 'key' : 'value'
    if (!isObject) this.plan = this.itemPlan()
    return i + 1
  }

  /** Passes over a value as far as the chunk goes. */
  private skip(from: number): number {
    const end = this.kernel.skip(from)
    if (this.kernel.skipped) {
      this.skipping = false
      this.valueEnded()
    }
    return end
  }

  private startSkip(i: number): number {
    this.skipping = true
    this.kernel.startSkip()
    return this.skip(i)
  }

  /** Looks at the first byte of a value and decides what is done with it; gives the index to go on from. */
  private beginValue(bytes: Uint8Array, i: number): number {
    const {plan} = this
    const byte = bytes[i]
    if (plan === undefined) return this.startSkip(i)
    switch (plan.kind) {
      case 'fields':
        if (byte !== OPEN_OBJECT) return this.absent(plan.name, 'an object', byte, i)
        plan.begin?.()
        return this.open(plan, i)
      case 'items':
        return byte === OPEN_ARRAY ? this.open(plan, i) : this.absent(plan.name, 'a list', byte, i)
      case 'typed':
        if (this.top?.plan === plan) return this.beginTyped(plan, bytes, i)
        return byte === OPEN_ARRAY ? this.open(plan, i) : this.absent(plan.name, 'a list', byte, i)
      case 'whole':
        return this.handOut(plan, i)
      default:
        return this.walk(plan, i)
    }
  }

  /** Looks at a value in one piece. */
  private walk(plan: ValuePlan, i: number): number {
    const isKept = plan.kind === 'keep' || plan.kind === 'members'
    const end = this.kernel.walk(plan, i, isKept && this.kernel.textLength > 0)
    if (end === MORE) return MORE
    this.valueEnded()
    if (this.top?.plan.kind === 'items' && this.kernel.textLength >= batchSize) this.flush(this.top.plan, end)
    return end
  }

  private handOut(plan: Whole, i: number): number {
    const end = this.kernel.walk(keep, i, false)
    if (end === MORE) return MORE
    plan.take(this.kernel.takeText('', '', this.offset + end))
    this.valueEnded()
    return end
  }

  /** A planned object or list may be null, as in proto JSON; any other kind of value in its place is refused. */
  private absent(name: string, kind: string, byte: number | undefined, i: number): number {
    if (byte !== letterN) throw new BrokenJson(`${name} is not ${kind}`, this.offset + i)
    return this.startSkip(i)
  }

  /** Begins an object that is treated as its `@type` says; one that names its type late is looked at when all of it is there. */
  private beginTyped(list: TypedList, bytes: Uint8Array, i: number): number {
    if (bytes[i] !== OPEN_OBJECT) throw new BrokenJson(`an item of ${list.name} is not an object`, this.offset + i)
    const found = leadingType(bytes, i)
    if (found === 'more' && bytes.length - i < longestTypePrefix) return MORE
    if (found !== undefined && found !== 'more') {
      this.plan = list.plan(found.type)
      return this.beginValue(bytes, i)
    }
    const end = this.kernel.valueEnd(i)
    if (end === MORE) return MORE
    scanUntyped(list, bytes.subarray(i, end), this.offset + i)
    this.valueEnded()
    return end
  }

  private open(plan: Fields | ItemList | TypedList, i: number): number {
    this.top = {plan, seen: []}
    this.frames.push(this.top)
    this.next = plan.kind === 'fields' ? 'key-or-end' : 'value-or-end'
    if (plan.kind !== 'fields') this.plan = this.itemPlan()
    return i + 1
  }

  /** The plan of the items of the list that is open. */
  private itemPlan(): Plan | undefined {
    const plan = this.top?.plan
    return plan?.kind === 'items' ? plan.item : plan
  }

  private close(i: number): number {
    const plan = this.frames.pop()?.plan
    this.top = this.frames.at(-1)
    if (plan?.kind === 'items') this.flush(plan, i)
    if (plan?.kind === 'fields') plan.end?.()
    this.valueEnded()
    return i + 1
  }

  private valueEnded(): void {
    this.next = this.top === undefined ? 'nothing' : 'after-value'
  }

  private flush(list: ItemList, i: number): void {
    if (this.kernel.textLength === 0) return
    const items = this.kernel.takeText('[', ']', this.offset + i)
    if (Array.isArray(items)) list.take(items)
  }

  /** Reads the member name at the quote `i` and chooses the plan of its value. */
  private readName(bytes: Uint8Array, i: number): number {
    const to = bytes.length
    let end = i + 1
    let escaped = false
    for (;;) {
      while (end < to && endsPlainText[bytes[end] as number] === 0) end++
      if (end >= to) return this.longName(i, to)
      if (bytes[end] === QUOTE) break
      if (bytes[end] !== BACKSLASH) throw new BrokenJson('a control character inside a string', this.offset + end)
      escaped = true
      end += 2
    }
    if (this.top !== undefined) this.plan = memberPlan(this.top, bytes, i + 1, end, escaped, this.offset)
    end++
    const hasColon = end < to && bytes[end] === COLON
    this.next = hasColon ? 'value' : 'colon'
    return hasColon ? end + 1 : end
  }

  private longName(i: number, to: number): number {
    if (to - i > longestName) throw new BrokenJson(`a member name of more than ${longestName} bytes`, this.offset + i)
    return MORE
  }
}

const letterN = 0x6e

/** Deals with an object of a typed list whose type can stand anywhere in it. */
function scanUntyped(list: TypedList, bytes: Uint8Array, offset: number): void {
  const types: unknown[] = []
  const table = new MemberTable<Plan>([['@type', {kind: 'whole', take: (type) => types.push(type)}]])
  scanAll({kind: 'fields', name: `an item of ${list.name}`, table}, bytes, offset)
  const [type] = types
  const plan = typeof type === 'string' ? list.plan(typeName(type)) : undefined
  if (plan !== undefined) scanAll(plan, bytes, offset)
}

function scanAll(plan: Plan, bytes: Uint8Array, offset: number): void {
  const scanner = new JsonScanner(plan, offset)
  scanner.push(bytes)
  scanner.end()
}
