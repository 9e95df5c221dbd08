import {BrokenJson} from './broken-json.js'
import {kernelCode} from './kernel-code.js'
import {KernelPlans} from './kernel-plan.js'
import type {ValuePlan} from './plan.js'

/** What kernel/index.ts exports. Addresses are 32-bit; a negative one is one of `INCOMPLETE`, `BROKEN`, `FULL`. */
interface KernelExports {
  memory: WebAssembly.Memory
  startSkip(): void
  skip(from: number, to: number): number
  skipped(): number
  inBareScalar(): number
  inString(): number
  valueEnd(from: number, to: number): number
  walk(plan: number, from: number, to: number): number
  writeTo(text: number, events: number, eventsEnd: number): void
  outputEnd(): number
  eventEnd(): number
  problem(): number
  problemAt(): number
}

const INCOMPLETE = -1
const BROKEN = -2

/** By the numbers of kernel/problem.ts. */
const problems = [
  'a value is missing',
  'neither a value nor the end of the list',
  'a member name is missing',
  'neither a member name nor the end of the object',
  'no colon after a member name',
  'neither a comma nor the matching bracket',
  'neither a number nor true, false or null',
  'an escape that is none of JSON',
  'a control character inside a string',
  'more than 10000 levels',
  'a member stands twice in one object',
]

const pageSize = 1 << 16
/** The kernel's own tables lie below. */
const plansAt = pageSize
const namesAt = 2 * pageSize
const eventsAt = 3 * pageSize
const wordsOfEvent = 3
/** The kernel reads up to 15 bytes beyond a chunk. */
const beyond = 16
/** Kept text grows to at most so much before it is taken, and by at most a chunk after that. */
export const batchSize = 1 << 16

let compiled: WebAssembly.Module | undefined

/** Kernels that nobody uses: making one costs more than reading a small document. */
const idle: Kernel[] = []

/**
 * The loops over JSON text, which run in WebAssembly (kernel/), with the memory that they work on: a chunk of the document, the text
 * that is kept of it, and the places that a plan's visits asked for. A kernel belongs to one scanner at a time.
 */
export class Kernel {
  /** The chunk that is loaded, and the offset of its first byte in the document. */
  bytes: Uint8Array = new Uint8Array()
  base = 0
  private readonly code: KernelExports
  private plans: KernelPlans
  private memory = new Uint8Array()
  private words = new Int32Array()
  private textAt = 0
  private textEnd = 0
  private chunkAt = 0
  private chunkSize = 0
  private mostEvents = 1 << 12

  static take(): Kernel {
    return idle.pop() ?? new Kernel()
  }

  private constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(kernelCode, 'base64'))
    // What the module exports is what KernelExports says: it is compiled from the same tree, and the scanner's tests call all of it.
    this.code = new WebAssembly.Instance(compiled).exports as unknown as KernelExports
    this.plans = this.noPlans()
    this.layOut(pageSize)
  }

  /** Gives the kernel back to be used for another document. */
  release(): void {
    this.plans = this.noPlans()
    this.bytes = new Uint8Array()
    this.textEnd = this.textAt
    idle.push(this)
  }

  /** Makes `bytes`, at `base` in the document, the chunk that indexes mean. */
  load(bytes: Uint8Array, base: number): void {
    if (bytes.length > this.chunkSize) this.layOut(bytes.length)
    this.memory.set(bytes, this.chunkAt)
    this.bytes = bytes
    this.base = base
  }

  startSkip(): void {
    this.code.startSkip()
  }

  /** Goes on over a value, and gives the index after it, or the chunk's end where it goes on beyond it. @throws BrokenJson */
  skip(from: number): number {
    return this.indexOf(this.code.skip(this.chunkAt + from, this.chunkAt + this.bytes.length))
  }

  get skipped(): boolean {
    return this.code.skipped() === 1
  }

  /** True in a number or literal that stands alone: only the byte after it, or the end of the document, ends it. */
  get inBareScalar(): boolean {
    return this.code.inBareScalar() === 1
  }

  get inString(): boolean {
    return this.code.inString() === 1
  }

  /** The index after the value at `from`, -1 where it may go on beyond the chunk. @throws BrokenJson */
  valueEnd(from: number): number {
    const end = this.code.valueEnd(this.chunkAt + from, this.chunkAt + this.bytes.length)
    return end === INCOMPLETE ? -1 : this.indexOf(end)
  }

  /**
   * Does with the value at `from` what `plan` says, and gives the index after it; -1, and nothing is done, where it may go on beyond
   * the chunk. Text that is kept waits for `takeText`, behind a comma where `follows`.
   * @throws BrokenJson
   */
  walk(plan: ValuePlan, from: number, follows: boolean): number {
    const address = this.plans.addressOf(plan)
    for (;;) {
      const textFrom = this.textEnd
      if (follows) this.memory[textFrom] = comma
      this.code.writeTo(follows ? textFrom + 1 : textFrom, eventsAt, eventsAt + this.mostEvents * wordsOfEvent * 4)
      const end = this.code.walk(address, this.chunkAt + from, this.chunkAt + this.bytes.length)
      if (end >= 0) {
        this.textEnd = this.code.outputEnd()
        this.tell()
        return end - this.chunkAt
      }
      if (end === INCOMPLETE) return -1
      if (end === BROKEN) this.indexOf(end)
      this.mostEvents *= 2
      this.layOut(this.chunkSize)
      this.memory.set(this.bytes, this.chunkAt)
    }
  }

  /** How much kept text waits. */
  get textLength(): number {
    return this.textEnd - this.textAt
  }

  /** Gives the kept text as a value between two brackets, and forgets it. @throws BrokenJson */
  takeText(before: string, after: string, offset: number): unknown {
    const text = Buffer.from(this.memory.buffer, this.textAt, this.textLength)
    this.textEnd = this.textAt
    try {
      return JSON.parse(before + text.toString() + after)
    } catch (error) {
      const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_STRING_TOO_LONG'
      throw new BrokenJson(
        tooLong ? 'an item of more than 512 MiB ends' : 'a string or number that is not JSON stands before',
        offset,
      )
    }
  }

  private tell(): void {
    const {told} = this.plans
    const {bytes, words, chunkAt} = this
    const last = this.code.eventEnd() >> 2
    for (let at = eventsAt >> 2; at < last; at += wordsOfEvent) {
      const from = (words[at + 1] ?? 0) - chunkAt
      told[words[at] ?? 0]?.(bytes, from, (words[at + 2] ?? 0) - chunkAt)
    }
  }

  private indexOf(address: number): number {
    if (address >= 0) return address - this.chunkAt
    throw new BrokenJson(problems[this.code.problem()] ?? 'no JSON', this.base + this.code.problemAt() - this.chunkAt)
  }

  /** Makes room for chunks of `size` bytes and for the events; text that waits stays. */
  private layOut(size: number): void {
    const waiting = this.memory.slice(this.textAt, this.textEnd)
    const most = Math.max(size, this.chunkSize)
    this.textAt = eventsAt + this.mostEvents * wordsOfEvent * 4
    this.chunkAt = roundUp(this.textAt + 2 * batchSize + most)
    this.chunkSize = most
    this.reserve(this.chunkAt + most + beyond)
    this.memory = new Uint8Array(this.code.memory.buffer)
    this.words = new Int32Array(this.code.memory.buffer)
    this.memory.set(waiting, this.textAt)
    this.textEnd = this.textAt + waiting.length
  }

  private reserve(bytes: number): void {
    const more = Math.ceil((bytes - this.code.memory.buffer.byteLength) / pageSize)
    if (more <= 0) return
    try {
      this.code.memory.grow(more)
    } catch (error) {
      if (error instanceof RangeError) throw new BrokenJson('a value too large to look at begins', this.base)
      throw error
    }
  }

  private noPlans(): KernelPlans {
    return new KernelPlans(plansAt, namesAt, (at, bytes) => this.memory.set(bytes, at))
  }
}

const comma = 0x2c

const roundUp = (address: number): number => Math.ceil(address / 64) * 64
