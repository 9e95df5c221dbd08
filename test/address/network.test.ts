import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type IpAddress, parseIpAddress} from '../../src/address/ip-address.js'
import {formatNetwork, inNetwork, networkOf, parseNetwork} from '../../src/address/network.js'

function read(text: string): IpAddress {
  const ip = parseIpAddress(text)
  if (!ip) throw new Error(`not read: ${text}`)
  return ip
}

describe('networks', () => {
  it('hold the address they are made of, and not one of which a covered bit turns', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({min: 1, max: 32}), (text, length) => {
        const ip = read(text)
        const network = networkOf(ip, length)
        expect(inNetwork(network, ip)).toBe(true)
        const turned: IpAddress = {version: 4, value: ip.value ^ (1n << BigInt(32 - length))}
        expect(inNetwork(network, turned)).toBe(false)
      }),
    )
  })

  it('of one family hold no address of the other', () => {
    expect(inNetwork(networkOf(read('::'), 0), read('10.0.0.1'))).toBe(false)
  })

  it('have one text where they are equal', () => {
    const text = (address: string, length: number) => formatNetwork(networkOf(read(address), length))
    expect(text('10.1.2.3', 8)).toBe(text('10.9.9.9', 8))
    expect(text('fd00::1', 64)).toBe(text('fd00:0::2', 64))
    expect(text('10.0.0.0', 8)).not.toBe(text('10.0.0.0', 9))
  })

  it('come back from their text, masks with holes too', () => {
    for (const text of ['10.0.0.1', '10.0.0.0/8', '10.0.7.0/255.0.255.0', 'fd00::/8', '0.0.0.0/0']) {
      const network = parseNetwork(text)
      expect(network && formatNetwork(network)).toBe(text)
    }
  })
})
