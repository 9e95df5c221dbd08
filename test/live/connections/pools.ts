/** Values that generated rules and connections share, so that they meet often. */
export const addresses = [
  '127.0.0.1',
  '127.0.0.2',
  '10.0.0.1',
  '10.1.1.1',
  '10.1.2.3',
  '192.168.1.5',
  'fd00::1',
  'fd00:1::7',
] as const
export const ranges: readonly [readonly [string, number], ...(readonly [string, number])[]] = [
  ['127.0.0.1', 32],
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['10.1.0.0', 16],
  ['10.1.1.0', 24],
  ['10.1.1.1', 32],
  ['192.168.0.0', 16],
  ['fd00::', 16],
  ['fd00:1::', 32],
  ['fd00::1', 128],
]
export const ports = [80, 443, 8080, 40001, 50000] as const
export const serverNames = ['a.com', 'www.a.com', 'x.www.a.com', 'b.com', 'WWW.A.COM', 'com'] as const
export const configuredNames = ['a.com', 'www.a.com', '*.a.com', '*.www.a.com', '*.com', 'B.com', 'b.com'] as const
export const protocols = ['h2', 'http/1.1', 'foo', 'istio', 'http/1.0', 'h2c'] as const
export const transports = ['tls', 'raw_buffer', 'quic'] as const
export const names = [
  'spiffe://td/ns/a/sa/one',
  'spiffe://td/ns/b/sa/two',
  'one.a.com',
  'two.b.com',
  'CN=one',
  '',
] as const
export const policyNames = ['zeta', 'alpha', 'Beta', '_u', 'p10', 'p9', 'with blank'] as const
