import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {formatIp, inPrefix, parseIp, prefixKey, prefixOf, sameIp, unmapped} from '../../src/address/ip.js'

describe('IP addresses', () => {
  it('are read in every form of RFC 4291', () => {
    for (const text of [
      'fd00::1',
      'fd00:0:0:0:0:0:0:1',
      'FD00::0001',
      '::',
      '::1',
      '1::',
      '::ffff:10.0.0.1',
      '1:2:3:4:5:6:7:8',
    ])
      expect(parseIp(text)?.family).toBe(6)
    expect(parseIp('::ffff:10.0.0.1')?.words).toEqual([0, 0, 0xffff, 0x0a000001])
  })

  it('are not read from anything else', () => {
    for (const text of [
      '',
      '10.0.0',
      '10.0.0.256',
      '1.2.3.4.5',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      'g::1',
      '12345::',
      'a.com',
      '10.0.0.1:80',
    ])
      expect(parseIp(text)).toBeNull()
  })

  it('come back from their shortest text', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, (text) => {
        const ip = parseIp(text)
        if (!ip) throw new Error(`not read: ${text}`)
        const again = parseIp(formatIp(ip))
        expect(again && sameIp(again, ip)).toBe(true)
      }),
    )
    expect(formatIp({family: 6, words: [0x20010db8, 0, 0, 1]})).toBe('2001:db8::1')
  })

  it('lie in each of their own prefixes, and leave them when a covered bit turns', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({min: 1, max: 32}), (text, length) => {
        const ip = parseIp(text)
        if (!ip) throw new Error(`not read: ${text}`)
        const prefix = prefixOf(ip, length)
        expect(inPrefix(ip, prefix)).toBe(true)
        const turned = {family: 4 as const, words: [((ip.words[0] ?? 0) ^ (2 ** (32 - length))) >>> 0]}
        expect(inPrefix(turned, prefix)).toBe(false)
      }),
    )
  })

  it('of one family are in no prefix of the other', () => {
    const [v4, v6] = [parseIp('10.0.0.1'), parseIp('::')]
    expect(v4 && v6 && inPrefix(v4, prefixOf(v6, 0))).toBe(false)
  })

  it('share a key where their prefixes are equal', () => {
    const key = (text: string, length: number) => {
      const ip = parseIp(text)
      return ip && prefixKey(prefixOf(ip, length))
    }
    expect(key('10.1.2.3', 8)).toBe(key('10.9.9.9', 8))
    expect(key('fd00::1', 64)).toBe(key('fd00:0::2', 64))
    expect(key('10.0.0.0', 8)).not.toBe(key('10.0.0.0', 9))
  })

  it('that are mapped into IPv6 are IPv4 again', () => {
    const mapped = parseIp('::ffff:10.0.0.1')
    expect(mapped && formatIp(unmapped(mapped))).toBe('10.0.0.1')
  })
})
