/**
 * Bytes of a document that could not be dealt with yet, because what they begin goes on in pieces to come. They are looked at again only
 * when there are twice as many, so that looking at a long value costs no more than a few times its length.
 */
export class CarriedBytes {
  length = 0
  private buffer: Buffer = Buffer.alloc(0)
  private enough = 0

  /** What is carried, followed by `bytes`; null where that is not yet worth a look, and they are carried too. */
  with(bytes: Uint8Array): Uint8Array | null {
    if (this.length === 0) return bytes
    this.append(bytes)
    return this.length < this.enough ? null : this.taken()
  }

  /** The same however little it is. */
  all(bytes: Uint8Array): Uint8Array {
    this.append(bytes)
    return this.taken()
  }

  /** Carries what stands in `bytes` from `from` on. */
  keep(bytes: Uint8Array, from: number): void {
    const rest = bytes.subarray(from)
    this.length = 0
    if (rest.length > 0) this.append(rest)
    this.enough = 2 * rest.length
  }

  private taken(): Uint8Array {
    const taken = this.buffer.subarray(0, this.length)
    this.length = 0
    return taken
  }

  private append(bytes: Uint8Array): void {
    const length = this.length + bytes.length
    if (length > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.buffer.length))
      grown.set(this.buffer.subarray(0, this.length))
      this.buffer = grown
    }
    this.buffer.set(bytes, this.length)
    this.length = length
  }
}
