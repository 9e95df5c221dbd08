import {DataError} from '../errors.js'

/** Members without undefined ones, as `exactOptionalPropertyTypes` wants them. */
type Compact<T> = {[K in keyof T as undefined extends T[K] ? never : K]: T[K]} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/**
 * The gate for documents of our own: a value that is `unknown` until one of these readers has looked at it.
 * Every reader throws a DataError with the place when the value has another type; null and absent are the same.
 */
export class FieldReader {
  constructor(
    private readonly value: unknown,
    private readonly at: string,
    private readonly origin: string,
  ) {}

  text(name: string): string | undefined {
    return this.member(name)?.asText()
  }

  flag(name: string): boolean | undefined {
    const member = this.member(name)
    if (member === undefined) return undefined
    return typeof member.value === 'boolean' ? member.value : member.fail('true or false')
  }

  numberOrNull(name: string): number | null | undefined {
    return this.raw(name) === null ? null : this.member(name)?.asNumber()
  }

  textOrNumber(name: string): string | number | undefined {
    const member = this.member(name)
    return typeof member?.value === 'number' ? member.value : member?.asText()
  }

  requiredText(name: string): string {
    return this.text(name) ?? this.fail(`an object with ${name}`)
  }

  requiredNumber(name: string): number {
    return this.member(name)?.asNumber() ?? this.fail(`an object with ${name}`)
  }

  /** A name that is also a folder's name inside the snapshot: it must not lead out of it. */
  pathName(name: string): string {
    const text = this.requiredText(name)
    if (text === '' || text === '.' || text === '..' || /[/\\\0]/.test(text))
      throw new DataError(`${this.at}.${name} cannot name a folder`, this.origin)
    return text
  }

  list<T>(name: string, read: (item: FieldReader) => T): T[] | undefined {
    const member = this.member(name)
    if (member === undefined) return undefined
    if (!Array.isArray(member.value)) return member.fail('a list')
    return member.value.map((item: unknown, index) =>
      read(new FieldReader(item, `${member.at}[${index}]`, this.origin)),
    )
  }

  map<T>(name: string, read: (value: FieldReader) => T): Record<string, T> | undefined {
    const member = this.member(name)
    if (member === undefined) return undefined
    const entries = Object.entries(member.object()).map(([key, value]): [string, T] => [
      key,
      read(new FieldReader(value, `${member.at}['${key}']`, this.origin)),
    ])
    return Object.fromEntries(entries)
  }

  asText(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a text')
  }

  asNumber(): number {
    return typeof this.value === 'number' ? this.value : this.fail('a number')
  }

  textOrTexts(): string[] {
    if (typeof this.value === 'string') return [this.value]
    if (!Array.isArray(this.value)) return this.fail('a text or a list of texts')
    return this.value.map((item: unknown, index) => new FieldReader(item, `${this.at}[${index}]`, this.origin).asText())
  }

  /** `members` without those that are undefined. */
  compact<T extends object>(members: T): Compact<T> {
    // The one cast of this gate: fromEntries forgets the keys that entries listed.
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Compact<T>
  }

  private object(): object {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
      ? this.value
      : this.fail('an object')
  }

  private raw(name: string): unknown {
    const members: Record<string, unknown> = {...this.object()}
    return Object.hasOwn(members, name) ? members[name] : undefined
  }

  private member(name: string): FieldReader | undefined {
    const value = this.raw(name)
    return value === undefined || value === null ? undefined : new FieldReader(value, `${this.at}.${name}`, this.origin)
  }

  private fail(wanted: string): never {
    throw new DataError(`${this.at} is not ${wanted}`, this.origin)
  }
}
