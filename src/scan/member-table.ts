/** The lowerCamelCase spelling that protobuf's JSON mapping gives a field. */
export const lowerCamelCase = (name: string): string =>
  name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Finds a member's entry by its name's bytes, without making a string of them. */
export class MemberTable<T> {
  private readonly byLength: {name: Uint8Array; text: string; entry: T}[][] = []

  constructor(entries: Iterable<readonly [string, T]>) {
    for (const [name, entry] of entries)
      for (const spelling of new Set([name, lowerCamelCase(name)])) {
        const bytes = new TextEncoder().encode(spelling)
        const same = this.byLength[bytes.length] ?? []
        same.push({name: bytes, text: spelling, entry})
        this.byLength[bytes.length] = same
      }
  }

  /** The entry of the name that stands at `from` to `to`, as it is written there, without quotes. */
  find(bytes: Uint8Array, from: number, to: number): T | undefined {
    const candidates = this.byLength[to - from]
    if (candidates === undefined) return undefined
    for (let c = 0; c < candidates.length; c++) {
      const {name, entry} = candidates[c] as {name: Uint8Array; entry: T}
      let k = 0
      while (k < name.length && bytes[from + k] === name[k]) k++
      if (k === name.length) return entry
    }
    return undefined
  }

  /** Every name under which an entry is found. */
  spellings(): {name: Uint8Array; entry: T}[] {
    return this.byLength.flat().filter((candidate) => candidate !== undefined)
  }

  /** The same for a name that was written with escapes and had to be decoded. */
  findText(text: string): T | undefined {
    for (const candidates of this.byLength)
      for (const candidate of candidates ?? []) if (candidate.text === text) return candidate.entry
    return undefined
  }
}
