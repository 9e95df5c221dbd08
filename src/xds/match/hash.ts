/** The hashes that Envoy's consistent hashing uses, 64 bits wide, over the UTF-8 bytes of a text. */

const [prime1, prime2, prime3, prime4, prime5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
]

const wide = (value: bigint): bigint => BigInt.asUintN(64, value)
const rotate = (value: bigint, bits: bigint): bigint => wide((value << bits) | (value >> (64n - bits)))
const round = (state: bigint, input: bigint): bigint => wide(rotate(wide(state + input * prime2), 31n) * prime1)
const merge = (hash: bigint, state: bigint): bigint => wide((hash ^ round(0n, state)) * prime1 + prime4)

const encoder = new TextEncoder()

/** XXH64, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
export function xxHash64(text: string, seed = 0n): bigint {
  const bytes = encoder.encode(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0
  let hash = wide(seed + prime5)
  if (bytes.length >= 32) {
    const lanes = [wide(seed + prime1 + prime2), wide(seed + prime2), seed, wide(seed - prime1)]
    for (; offset + 32 <= bytes.length; offset += 32)
      for (const [lane, state] of lanes.entries())
        lanes[lane] = round(state, view.getBigUint64(offset + 8 * lane, true))
    const turned = lanes.map((state, lane) => rotate(state, [1n, 7n, 12n, 18n][lane] ?? 0n))
    hash = lanes.reduce(merge, wide(turned.reduce((sum, state) => sum + state, 0n)))
  }
  hash = wide(hash + BigInt(bytes.length))
  for (; offset + 8 <= bytes.length; offset += 8)
    hash = wide(rotate(hash ^ round(0n, view.getBigUint64(offset, true)), 27n) * prime1 + prime4)
  if (offset + 4 <= bytes.length) {
    hash = wide(rotate(hash ^ wide(BigInt(view.getUint32(offset, true)) * prime1), 23n) * prime2 + prime3)
    offset += 4
  }
  for (; offset < bytes.length; offset++)
    hash = wide(rotate(hash ^ wide(BigInt(view.getUint8(offset)) * prime5), 11n) * prime1)
  return avalanche(hash)
}

function avalanche(hash: bigint): bigint {
  const first = wide((hash ^ (hash >> 33n)) * prime2)
  const second = wide((first ^ (first >> 29n)) * prime3)
  return second ^ (second >> 32n)
}

const multiplier = 0xc6a4a7935bd1e995n
const shiftMix = (value: bigint): bigint => value ^ (value >> 47n)

/** MurmurHash2 with the seed of libstdc++'s `std::hash<string>`, as Envoy's MURMUR_HASH_2. */
export function murmurHash2(text: string, seed = 0xc70f6907n): bigint {
  const bytes = encoder.encode(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const aligned = bytes.length & ~7
  let hash = wide(seed ^ wide(BigInt(bytes.length) * multiplier))
  for (let offset = 0; offset < aligned; offset += 8) {
    const data = wide(shiftMix(wide(view.getBigUint64(offset, true) * multiplier)) * multiplier)
    hash = wide((hash ^ data) * multiplier)
  }
  if (aligned < bytes.length) {
    const rest = bytes.subarray(aligned).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)
    hash = wide((hash ^ rest) * multiplier)
  }
  return shiftMix(wide(shiftMix(hash) * multiplier))
}

/**
 * HashPolicyImpl::generateHash: the keys of a request's hash policies in one hash. Undefined where there is no key.
 */
export function combineHashKeys(keys: readonly string[]): bigint | undefined {
  let hash: bigint | undefined
  for (const key of keys) {
    const old = hash === undefined ? 0n : rotate(hash, 1n)
    hash = old ^ xxHash64(key)
  }
  return hash
}
