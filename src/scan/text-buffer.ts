/** Bytes of JSON text that grow at the end; what is wanted of a document gathers here until it is parsed. */
export class TextBuffer {
  length = 0
  private bytes = Buffer.allocUnsafe(1 << 16)

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(1)
    this.bytes[this.length++] = value
  }

  /** Appends `from` to `to`. Short pieces are copied by hand: a call into the engine costs as much as 30 bytes. */
  range(source: Uint8Array, from: number, to: number): void {
    const size = to - from
    if (this.length + size > this.bytes.length) this.grow(size)
    const {bytes} = this
    let at = this.length
    if (size > 32) bytes.set(source.subarray(from, to), at)
    else for (let i = from; i < to; i++) bytes[at++] = source[i] as number
    this.length += size
  }

  clear(): void {
    this.length = 0
  }

  /** All of it as text; bytes that are no UTF-8 become U+FFFD. */
  text(): string {
    return this.bytes.toString('utf8', 0, this.length)
  }

  /** The bytes gathered, valid until the next change. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  private grow(size: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size))
    grown.set(this.view())
    this.bytes = grown
  }
}
