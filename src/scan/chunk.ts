/** A piece of the document as it arrived, and a view on the same bytes for reading four at a time. */
export interface Chunk {
  bytes: Uint8Array
  view: DataView
  /** Offset of the first byte in the document. */
  base: number
}

export const chunkOf = (bytes: Uint8Array, base: number): Chunk => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  base,
})
