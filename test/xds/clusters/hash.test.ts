import {expect, it} from 'vitest'
import {combineHashKeys, murmurHash2, xxHash64} from '../../../src/xds/match/hash.js'

// Vectors of the xxHash project, and std::hash<std::string> of libstdc++.
it('xxHash64 gives the published hashes', () => {
  expect(xxHash64('').toString(16)).toBe('ef46db3751d8e999')
  expect(xxHash64('a').toString(16)).toBe('d24ec4f1a98c6e5b')
  expect(xxHash64('abc').toString(16)).toBe('44bc2cf5ad770999')
  expect(xxHash64('Nobody inspects the spammish repetition').toString(16)).toBe('fbcea83c8a378bf1')
})

it('MurmurHash2 gives the hashes of std::hash', () => {
  expect(murmurHash2('')).toBe(6142509188972423790n)
  expect(murmurHash2('foo')).toBe(9631199822919835226n)
})

it('hash keys are combined in order, and none is no hash', () => {
  expect(combineHashKeys([])).toBeUndefined()
  expect(combineHashKeys(['a'])).toBe(xxHash64('a'))
  expect(combineHashKeys(['a', 'b'])).not.toBe(combineHashKeys(['b', 'a']))
  expect(combineHashKeys(['a', 'a'])).not.toBe(0n)
})
