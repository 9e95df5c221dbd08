import type {MemberTable} from './member-table.js'
import type {ValuePlan} from './plan.js'

/** A place in the text of a value, handed to who asked for it. */
export type Told = (bytes: Uint8Array, from: number, to: number) => void

// The first word of a plan in the kernel's memory, as kernel/walk.ts reads it.
const KEEP = 0
const FILTER = 1
const LEAF = 2
const VISIT = 3
const LIST = 4

/** Members beyond this cannot each have a bit of their own. */
const mostMembers = 32

/** Writes plans into the kernel's memory, where its loops can follow them, and numbers those who are told of places. */
export class KernelPlans {
  readonly told: Told[] = []
  private readonly places = new Map<ValuePlan, number>()
  private words: number[] = []
  private names: number[] = []
  private readonly base: number
  private readonly namesBase: number
  private readonly write: (at: number, bytes: Uint8Array) => void

  /** The plans' words go to `base`, the bytes of names to `namesBase`. */
  constructor(base: number, namesBase: number, write: (at: number, bytes: Uint8Array) => void) {
    this.base = base
    this.namesBase = namesBase
    this.write = write
  }

  /** The address of a plan, which is written when it is first asked for. */
  addressOf(plan: ValuePlan): number {
    const known = this.places.get(plan)
    if (known !== undefined) return known
    const address = this.place(plan)
    if (this.base + this.words.length * 4 > this.namesBase) throw new RangeError('a plan of too many members')
    this.write(this.base, new Uint8Array(Int32Array.from(this.words).buffer))
    this.write(this.namesBase, Uint8Array.from(this.names))
    return address
  }

  private place(plan: ValuePlan): number {
    const known = this.places.get(plan)
    if (known !== undefined) return known
    const words = this.wordsOf(plan)
    const address = this.base + this.words.length * 4
    this.words.push(...words)
    this.places.set(plan, address)
    return address
  }

  private wordsOf(plan: ValuePlan): number[] {
    switch (plan.kind) {
      case 'keep':
        return [KEEP]
      case 'members':
        return [FILTER, ...this.members(plan.table)]
      case 'leaf':
        return [LEAF, this.event((bytes, from, to) => plan.take(bytes, from, to))]
      case 'visit':
        return [VISIT, this.event(plan.begin), this.event(plan.end), ...this.members(plan.table)]
      case 'list':
        return [LIST, this.place(plan.item)]
      default:
        return plan satisfies never
    }
  }

  private event(told: Told | undefined): number {
    return told === undefined ? -1 : this.told.push(told) - 1
  }

  private members(table: MemberTable<ValuePlan>): number[] {
    const entries = table.spellings()
    const bits = [...new Set(entries.map(({entry}) => entry))]
    if (bits.length > mostMembers) throw new RangeError('a plan of too many members')
    const members = entries.flatMap(({name, entry}) => [
      this.name(name),
      name.length,
      1 << bits.indexOf(entry),
      this.place(entry),
    ])
    return [entries.length, ...members]
  }

  private name(bytes: Uint8Array): number {
    const address = this.namesBase + this.names.length
    this.names.push(...bytes)
    return address
  }
}
