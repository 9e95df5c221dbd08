import type {SocketAddress} from '../../../src/address/socket-address.js'
import type {ClientTls, MatchRequest, Protocol} from '../../../src/xds/match/request.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import type {Identity} from './certificates.js'
import * as pool from './pools.js'

/** A connection that a client makes, and what it presents. */
export interface Connection {
  request: MatchRequest
  /** A PROXY header of this version; `local` carries no addresses that count. */
  header: 'none' | 'v1' | 'v2' | 'local'
  identity: Identity | null
}

const own: readonly [string, string, string] = ['127.0.0.1', '127.0.0.2', '127.0.0.3']

/** A connection to `port` on loopback; a PROXY header may say that it comes from, and goes to, anywhere. */
export function randomConnection(
  random: Random,
  port: number,
  identities: readonly Identity[],
  takesHeader: boolean,
): Connection {
  const drawn = pick<Connection['header']>(random, ['none', 'v1', 'v1', 'v2', 'v2', 'local'])
  // A request cannot say that a header without addresses is left among the client's bytes.
  const header = drawn === 'local' && !takesHeader ? 'none' : drawn
  const tls = chance(random, 0.5)
  const identity =
    tls && identities.length > 0 && chance(random, 0.75) ? pick(random, [...identities] as [Identity]) : null
  return {
    request: {
      direction: 'direct',
      dst: {ip: pick(random, ['127.0.0.1', '127.0.0.2']), port},
      src: {ip: pick(random, own), port: 0},
      proxyProtocol: header === 'v1' || header === 'v2' ? randomHeader(random) : null,
      protocol: tls ? 'tcp' : randomProtocol(random, header),
      tls: tls ? randomTls(random, identity) : null,
      http: null,
    },
    header,
    identity,
  }
}

/** Nor can a request say that a header without addresses is all that a client sends. */
function randomProtocol(random: Random, header: Connection['header']): Protocol {
  const protocol = pick<Protocol>(random, ['http1', 'http1', 'http1.0', 'http2', 'tcp', 'tcp', 'silent'])
  return protocol === 'silent' && header === 'local' ? 'tcp' : protocol
}

const randomTls = (random: Random, identity: Identity | null): ClientTls => ({
  sni: chance(random, 0.8) ? pick(random, pool.serverNames) : null,
  alpn: [...new Set(times(whole(random, 0, 2), () => pick(random, ['h2', 'http/1.1', 'foo', 'istio'])))],
  cert: identity?.known ?? null,
})

function randomHeader(random: Random): {src: SocketAddress; dst: SocketAddress} {
  const family = chance(random, 0.2) ? pool.addresses.slice(6) : pool.addresses.slice(0, 6)
  const address = (): SocketAddress => ({
    ip: family[whole(random, 0, family.length - 1)] ?? '127.0.0.1',
    port: pick(random, pool.ports),
  })
  return {src: address(), dst: address()}
}
