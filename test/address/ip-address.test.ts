import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {formatIpAddress, parseIpAddress, sameIpAddress, unmapped} from '../../src/address/ip-address.js'

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
      expect(parseIpAddress(text)?.version).toBe(6)
    expect(parseIpAddress('::ffff:10.0.0.1')?.value).toBe(0xffff_0a00_0001n)
  })

  it('are not read from anything else', () => {
    for (const text of [
      '',
      '10.0.0',
      '10.0.0.256',
      '010.0.0.1',
      '1.2.3.4.5',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '::10.0.0.1:5',
      '10.0.0.1::',
      'g::1',
      '12345::',
      'a.com',
      '10.0.0.1:80',
    ])
      expect(parseIpAddress(text)).toBeNull()
  })

  it('come back from their shortest text', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, (text) => {
        const ip = parseIpAddress(text)
        if (!ip) throw new Error(`not read: ${text}`)
        const again = parseIpAddress(formatIpAddress(ip))
        expect(again && sameIpAddress(again, ip)).toBe(true)
      }),
    )
    expect(formatIpAddress({version: 6, value: 0x20010db8_00000000_00000000_00000001n})).toBe('2001:db8::1')
  })

  it('that are mapped into IPv6 are IPv4 again', () => {
    const mapped = parseIpAddress('::ffff:10.0.0.1')
    expect(mapped && formatIpAddress(unmapped(mapped))).toBe('10.0.0.1')
  })
})
