/** Bytes that are not the JSON they should be: what is wrong, and where. */
export class BrokenJson extends Error {
  override readonly name = 'BrokenJson'
  /** Offset of the byte that could not be taken, from the start of the document. */
  readonly offset: number
  /** What is wrong, without a full stop: `ends inside a string`. */
  readonly what: string

  constructor(what: string, offset: number) {
    super(`${what} at byte ${offset}`)
    this.what = what
    this.offset = offset
  }
}
