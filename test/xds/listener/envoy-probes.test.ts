import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {root} from '../../setup/run-bin.js'
import {answer, envoyWith} from './fixture.js'

/** A listener, connections made to it, and what Envoy 1.40 did with them. */
interface Probe {
  name: string
  listener: JsonObject
  connections: {request: JsonObject; chain: string | null; flags: string | null; details: string | null}[]
}

const probes: Probe[] = JSON.parse(readFileSync(join(root, 'test/fixtures/xds/envoy-listener-probes.json'), 'utf8'))

/** What each probe shows, by its name. */
const shows: Record<string, string> = {
  port_no_fallback_to_portless: 'a chain of the port hides chains without a port, even where it does not fit',
  prefix_no_fallback_to_wider: 'a narrow range hides a wider one',
  sni_levels: 'server names: exact, then wildcards by dropping labels, then unset, never back',
  transport_specific_hides_any: 'a chain for TLS hides chains for any transport',
  alpn_client_order: 'the first protocol of the client that any chain lists decides',
  source_type: 'local is the same address or exactly 127.0.0.1',
  direct_vs_source: 'direct source is the peer, source is what the PROXY header says',
  no_tls_inspector: 'without tls_inspector TLS is raw_buffer',
  tls_inspector_no_data_continue: 'a silent client goes on as raw_buffer where the listener continues on timeout',
  tls_inspector_no_data_close: 'a silent client is closed at the timeout',
  no_inspector_no_data: 'without inspectors the chain is chosen at once',
  http_inspector: 'http_inspector names plaintext HTTP; TLS keeps its ALPN',
  http_inspector_no_data_continue: 'a silent client shows http_inspector nothing',
  istio_like: 'mTLS, plaintext HTTP, TLS passthrough and TCP as Istio separates them',
  empty_match_and_default: 'the default chain takes what no chain fits',
  no_chain_no_default: 'no chain and no default closes with NR',
  source_ports: 'source ports',
  v4mapped: 'ranges of both families on an ipv4_compat listener',
  fc_matcher_default: 'a matcher without result takes the default chain, one that names no chain closes',
  fc_matcher_no_default: 'a matcher without result and without default closes',
  fc_matcher_alpn: 'the ALPN input is quoted and joined',
  fc_matcher_ip_backtrack: 'a matcher falls back from a narrow range to a wider one',
  fc_matcher_ip_backtrack_exclusive: 'an exclusive range that is the narrowest falls back too',
  fc_matcher_domain: 'the domain matcher prefers exact, then longest wildcard, then *, which needs an SNI',
  inspector_before_proxy_protocol: 'tls_inspector before proxy_protocol sees the PROXY header',
}

describe('filter chains are chosen as a running Envoy chose them', () => {
  it.each(probes.map((probe) => [shows[probe.name] ?? probe.name, probe] as const))('%s', (_, probe) => {
    const envoy = envoyWith([probe.listener])
    const got = probe.connections.map(({request}) => {
      const {filterChain, outcome, listener} = answer(envoy, request)
      return {listener, chain: filterChain?.name ?? null, flags: filterChain ? '-' : outcome.responseFlags}
    })
    const want = probe.connections.map(({chain, flags}) => ({
      listener: probe.listener['name'],
      chain,
      flags: flags ?? '-',
    }))
    expect(got).toEqual(want)
  })
})
