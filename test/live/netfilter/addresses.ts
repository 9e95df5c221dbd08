/** What the packets and rules of one family are drawn from, and the namespace's own addresses. */
export interface Addresses {
  version: 4 | 6
  loopback: readonly [string, string]
  /** Of eth0, in the order in which they are added. */
  own: readonly string[]
  /** Lengths of their prefixes. */
  lengths: readonly number[]
  /** The next hop of everything else. */
  gateway: string
  foreign: readonly string[]
  networks: readonly string[]
  range: readonly [string, string]
  /** Addresses that NAT gives: foreign and own. */
  natForeign: string
  natOwn: readonly [string, string]
}

export const addresses: Readonly<Record<4 | 6, Addresses>> = {
  4: {
    version: 4,
    loopback: ['127.0.0.1', '127.0.0.6'],
    own: ['10.244.1.5', '172.31.7.5', '10.244.1.55'],
    lengths: [24, 16, 24],
    gateway: '10.244.1.254',
    foreign: ['1.2.3.4', '10.96.0.10', '10.244.1.9', '172.31.9.9', '203.0.113.9'],
    networks: [
      '10.0.0.0/8',
      '10.244.1.0/24',
      '127.0.0.0/8',
      '1.2.0.0/16',
      '172.31.0.0/16',
      '10.0.1.0/255.0.255.0',
      '203.0.113.9/32',
    ],
    range: ['10.0.0.0', '127.0.0.5'],
    natForeign: '10.244.1.9',
    natOwn: ['10.244.1.5', '10.244.1.55'],
  },
  6: {
    version: 6,
    loopback: ['::1', '::6'],
    own: ['fd00:244:1::5', 'fd00:31::5', 'fd00:244:1::55'],
    lengths: [64, 48, 64],
    gateway: 'fd00:244:1::fe',
    foreign: ['2001:db8::4', 'fd00:96::10', 'fd00:244:1::9', 'fd00:31::9', '2001:db8:9::9'],
    networks: [
      'fd00::/16',
      'fd00:244:1::/64',
      '::/64',
      '2001:db8::/48',
      'fd00:31::/48',
      'fd00:0:1::/ffff:0:ffff::',
      '2001:db8:9::9/128',
    ],
    range: ['::1', 'fd00:200::'],
    natForeign: 'fd00:244:1::9',
    natOwn: ['fd00:244:1::5', 'fd00:244:1::55'],
  },
}
