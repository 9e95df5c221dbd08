import {beforeAll, describe, expect, it} from 'vitest'
import {captureFacts} from '../../src/cli/capture-facts.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {ProxyHop, Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {renderTraceText} from '../../src/views/text/trace.js'
import {withFiles} from './changed-mesh.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const client = 'default/reviews-v1-7f5f4c6f8b-2nqlk'
const ask = (asked: Mesh): Trace => walk(asked, get(client, 'http://ratings:9080/ratings/0'))

type Json = Record<string, unknown>

/** Every object of the dump changed. */
const changeDump = (pod: string, change: (object: Json) => void): Mesh =>
  withFiles(mesh, `pods/${pod}`, {
    'config_dump.json': (text) =>
      JSON.stringify(
        JSON.parse(text, (_, value: unknown) => {
          if (typeof value === 'object' && value !== null) change(value as Json)
          return value
        }),
      ),
  })

/** The client's Envoy expects this name of every server that it speaks mTLS to. */
const expecting = (uri: string): Mesh =>
  changeDump(client, (object) => {
    const combined = object['combined_validation_context'] as Json | undefined
    if (combined === undefined || String((object as {alpn_protocols?: unknown}).alpn_protocols).startsWith('h2')) return
    combined['default_validation_context'] = {match_typed_subject_alt_names: [{san_type: 'URI', matcher: {exact: uri}}]}
  })

const server = ({branches}: Trace): ProxyHop | undefined =>
  branches[0]?.hops.findLast((hop): hop is ProxyHop => hop.place === 'proxy')

const told = (asked: Mesh, trace: Trace): string =>
  renderTraceText(trace, {detail: 'summary', width: 100, colour: false, capture: captureFacts(asked)}).replace(
    /\s+/g,
    ' ',
  )

describe('the certificate of the server', () => {
  it('is taken where it has the name that the client expects', () => {
    const trace = ask(expecting('spiffe://cluster.local/ns/default/sa/bookinfo-ratings'))
    expect(trace.branches[0]?.outcome.kind).toBe('delivered')
  })

  it('is refused for another name: 503 with UF, the details of Envoy, and what to change', () => {
    const changed = expecting('spiffe://cluster.local/ns/default/sa/another')
    const trace = ask(changed)
    expect(trace.branches[0]?.outcome).toMatchObject({
      kind: 'responded',
      status: 503,
      responseFlags: 'UF',
      details:
        'upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_SAN_matcher,_certificate_SANs_are_[spiffe://cluster.local/ns/default/sa/bookinfo-ratings]:TLS_error_end}',
    })
    expect(server(trace)).toMatchObject({
      pod: pods.ratings,
      route: null,
      cluster: null,
      outcome: {kind: 'reset', responseFlags: '-'},
    })
    expect(told(changed, trace)).toMatch(
      /does not take the certificate of ratings-v1-\S+ .*because server SAN URI exact spiffe:\/\/cluster\.local\/ns\/default\/sa\/another: is spiffe:\/\/cluster\.local\/ns\/default\/sa\/bookinfo-ratings to change set subjectAltNames in DestinationRule default\/ratings/,
    )
  })

  it('is refused where no authority of the client has the name of its issuer', () => {
    // A workload's own certificate as the only authority: it issued nobody's.
    const own = mesh.pod(client)?.proxy?.dump.secrets.get('default')?.raw as {
      tls_certificate?: {certificate_chain?: Json}
    }
    const chain = own.tls_certificate?.certificate_chain
    const changed = changeDump(client, (object) => {
      if (object['trusted_ca'] !== undefined && chain !== undefined)
        object['trusted_ca'] = {inline_bytes: chain['inline_bytes']}
    })
    const trace = ask(changed)
    expect(trace.branches[0]?.outcome.details).toMatch(
      /CERTIFICATE_VERIFY_FAILED:.*unable_to_get_local_issuer_certificate/,
    )
    expect(told(changed, trace)).toMatch(/to change see that both pods get their certificates from the same root/)
  })

  it('is refused after its time', () => {
    const {snapshot} = mesh
    const later = buildMesh({...snapshot, document: {...snapshot.document, capturedAt: '2031-01-01T00:00:00Z'}})
    const trace = ask(later)
    expect(trace.branches[0]?.outcome.details).toMatch(/CERTIFICATE_VERIFY_FAILED:.*certificate_has_expired/)
    expect(told(later, trace)).toMatch(
      /because server certificate valid at 2031-01-01T00:00:00Z: is valid until 2027-11-23T/,
    )
  })
})

describe('the certificate of the client', () => {
  /** The server asks for a name that no client has. */
  const demanding = (tls13: boolean): Mesh => {
    const demanded = changeDump(pods.ratings, (object) => {
      if (object['require_client_certificate'] !== true) return
      const common = object['common_tls_context'] as Json
      const combined = common['combined_validation_context'] as Json
      combined['default_validation_context'] = {
        match_typed_subject_alt_names: [{san_type: 'URI', matcher: {exact: 'spiffe://nobody'}}],
      }
    })
    // Istio lets both sides speak 1.3.
    if (tls13) return demanded
    const text = mesh.snapshot.text(`pods/${client}/config_dump.json`) ?? ''
    expect(text).toContain('TLSv1_3')
    return withFiles(demanded, `pods/${client}`, {'config_dump.json': () => text.replaceAll('TLSv1_3', 'TLSv1_2')})
  }

  it('is refused with an alert in TLS 1.2, which fails the connection: 503 with UF', () => {
    const trace = ask(demanding(false))
    expect(trace.branches[0]?.outcome).toMatchObject({status: 503, responseFlags: 'UF'})
    expect(trace.branches[0]?.outcome.details).toContain('remote_connection_failure|TLS_error:|')
  })

  it('is refused after the handshake in TLS 1.3, which breaks the connection: 503 with UC', () => {
    const changed = demanding(true)
    const trace = ask(changed)
    expect(trace.branches[0]?.outcome).toMatchObject({
      status: 503,
      responseFlags: 'UC',
      details: 'upstream_reset_before_response_started{connection_termination}',
    })
    expect(told(changed, trace)).toMatch(/ends the TLS handshake: it does not take the certificate of the client/)
  })
})
