import {describe, expect, it} from 'vitest'
import {answer, chain, envoyWith, extension, listener} from './fixture.js'

const context = (config: object) =>
  extension('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {...config})
const ca = {trusted_ca: {filename: 'ca.pem'}}
const cert = {uriSans: ['spiffe://td/ns/a/sa/one'], dnsSans: ['one.a.com'], subject: 'CN=one', validated: true}

const ask = (transport_socket: object | null, request: object) =>
  answer(envoyWith([listener('l', 443, [chain('c', {}, transport_socket ? {transport_socket} : {})])]), {
    dst: '10.0.0.1:443',
    ...request,
  })
const kind = (config: object, request: object) => ask(context(config), request).outcome.kind

describe('the TLS handshake of a chain', () => {
  it('fails for plaintext', () => {
    const {outcome, filterChain, steps} = ask(context({}), {})
    expect(outcome).toEqual({kind: 'reset', status: null, responseFlags: '-', details: null})
    expect(filterChain?.name).toBe('c')
    expect(steps.at(-1)).toMatchObject({
      level: 'tls',
      decided: null,
      passedOver: [{check: {field: 'client', got: 'plaintext'}}],
    })
  })

  it('needs a certificate where one is required', () => {
    const mutual = {require_client_certificate: true, common_tls_context: {validation_context: ca}}
    expect(kind(mutual, {tls: {}})).toBe('reset')
    expect(kind(mutual, {tls: {cert}})).toBe('responded')
  })

  it('ignores that a certificate is required where nothing could judge it', () => {
    expect(kind({require_client_certificate: true}, {tls: {}})).toBe('responded')
  })

  it('needs a certificate where names or hashes are asked of it, unless untrusted ones are accepted', () => {
    const sans = {...ca, match_typed_subject_alt_names: [{san_type: 'URI', matcher: {prefix: 'spiffe://td/'}}]}
    expect(kind({common_tls_context: {validation_context: sans}}, {tls: {}})).toBe('reset')
    const accepting = {...sans, trust_chain_verification: 'ACCEPT_UNTRUSTED'}
    expect(kind({common_tls_context: {validation_context: accepting}}, {tls: {}})).toBe('responded')
    const pinned = {common_tls_context: {validation_context: {verify_certificate_spki: ['x']}}}
    expect(kind(pinned, {tls: {}})).toBe('reset')
    expect(ask(context(pinned), {tls: {cert}}).assumptions).toMatchObject([{about: expect.stringContaining('hashes')}])
  })

  it('waits for a silent client, up to the chain’s time-out', () => {
    const silent = {dst: '10.0.0.1:443', protocol: 'silent'}
    const withTimeout = (more: object) =>
      envoyWith([listener('l', 443, [chain('c', {}, {transport_socket: context({}), ...more})])])
    expect(answer(withTimeout({}), silent).outcome.kind).toBe('unknown')
    expect(answer(withTimeout({transport_socket_connect_timeout: '15s'}), silent).outcome.kind).toBe('reset')
  })

  it('fails over a PROXY header that no filter took away', () => {
    const proxyProtocol = {src: '10.0.0.9:1', dst: '10.0.0.1:443'}
    expect(kind({}, {tls: {}, proxyProtocol})).toBe('reset')
  })

  it('refuses an untrusted certificate that is offered, unless untrusted ones are accepted', () => {
    const untrusted = {tls: {cert: {...cert, validated: false}}}
    expect(kind({common_tls_context: {validation_context: ca}}, untrusted)).toBe('reset')
    const accepting = {...ca, trust_chain_verification: 'ACCEPT_UNTRUSTED'}
    expect(kind({common_tls_context: {validation_context: accepting}}, untrusted)).toBe('responded')
    expect(kind({common_tls_context: {}}, untrusted)).toBe('responded')
  })

  it('wants one of the subject alternative names that are asked for', () => {
    const wanting = (prefix: string) => ({
      common_tls_context: {
        combined_validation_context: {
          default_validation_context: {match_subject_alt_names: [{prefix: 'other'}, {prefix}]},
          validation_context_sds_secret_config: {name: 'ROOTCA'},
        },
      },
    })
    expect(kind(wanting('spiffe://td/'), {tls: {cert}})).toBe('responded')
    expect(kind(wanting('spiffe://elsewhere/'), {tls: {cert}})).toBe('reset')
    const typed = (san_type: string) => ({
      common_tls_context: {
        validation_context: {...ca, match_typed_subject_alt_names: [{san_type, matcher: {exact: 'one.a.com'}}]},
      },
    })
    expect(kind(typed('DNS'), {tls: {cert}})).toBe('responded')
    expect(kind(typed('URI'), {tls: {cert}})).toBe('reset')
  })

  it('leaves TLS to the network filters where the chain has no transport socket', () => {
    expect(ask(null, {tls: {}}).outcome.kind).toBe('responded')
  })

  it('that is not modelled passes bytes on, as an assumption', () => {
    expect(ask(extension('acme.Socket'), {}).assumptions).toMatchObject([
      {about: 'transport socket acme.Socket (acme.Socket)'},
    ])
  })
})
