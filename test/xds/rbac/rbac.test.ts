import {describe, expect, it} from 'vitest'
import {check} from '../../../src/decision/check.js'
import {judgeRbac, rbacDeniedDetails} from '../../../src/xds/match/rbac.js'
import type {RbacRequest, RbacSubject} from '../../../src/xds/match/rbac-subject.js'
import type {ClientCertificate, Suppositions} from '../../../src/xds/match/request.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {connection} from '../clusters/fixture.js'

const cert: ClientCertificate = {
  uriSans: ['spiffe://td/one'],
  dnsSans: ['one.a.com'],
  subject: 'CN=one',
  validated: true,
}
const peer = {ip: '10.0.0.9', port: 40000}
const plaintext: RbacSubject = {
  connection: {...connection, peer, remote: peer},
  remote: {ip: '192.0.2.1', port: 1},
  request: null,
}
const overTls = (certificate: ClientCertificate | null): RbacSubject => ({
  ...plaintext,
  connection: {...plaintext.connection, tls: {sni: 'x', alpn: [], cert: certificate}, terminatesTls: true},
})

const request: RbacRequest = {
  path: '/admin/x?q=1',
  judgeHeader: (matcher) => check(`header ${matcher['name']}`, 'present', '(absent)', false),
  judgeTemplate: () => check('uri_template', '/admin/*', '/admin/x', true),
  inputs: {header: (name) => (name === 'x-a' ? ['v1', 'v2'] : []), query: () => []},
  dynamicMetadata: (namespace) => (namespace === 'jwt' ? {payload: {iss: 'me', aud: ['a', 'b']}} : null),
  routeMetadata: () => ({tag: 'gold'}),
}

const judge = (config: JsonObject, subject: RbacSubject = plaintext, suppositions: Suppositions = {}) =>
  judgeRbac({raw: config, at: '$'}, subject, suppositions)

const any = [{any: true}]
const policy = (permission: JsonObject, principal: JsonObject = {any: true}): JsonObject => ({
  permissions: [permission],
  principals: [principal],
})
const allows = (permission: JsonObject, principal?: JsonObject, subject?: RbacSubject) =>
  judge({rules: {policies: {p: policy(permission, principal)}}}, subject).enforced?.allowed

describe('a set of RBAC rules', () => {
  it('passes everything where it is absent', () => {
    expect(judge({})).toEqual({enforced: null, shadow: null})
  })

  it('without policies denies all as ALLOW, and nothing as DENY or LOG', () => {
    expect(judge({rules: {}}).enforced).toMatchObject({allowed: false, policy: null})
    expect(judge({rules: {action: 'DENY'}}).enforced?.allowed).toBe(true)
    expect(judge({rules: {action: 'LOG'}}).enforced?.allowed).toBe(true)
  })

  it('is decided by the first fitting policy in byte order of the names', () => {
    const policies = Object.fromEntries(
      ['zeta', 'p9', 'p10', 'alpha', '_u', 'Beta'].map((name) => [name, policy({any: true})]),
    )
    expect(judge({rules: {action: 'DENY', policies}}).enforced).toMatchObject({allowed: false, policy: 'Beta'})
    const {Beta: _, ...others} = policies
    expect(judge({rules: {action: 'DENY', policies: others}}).enforced?.policy).toBe('_u')
  })

  it('says of each policy before the deciding one what failed', () => {
    const policies = {
      a: policy({destination_port: 81}),
      b: policy({any: true}, {source_ip: {address_prefix: '10.1.0.0', prefix_len: 16}}),
      c: policy({destination_port: 80}),
    }
    expect(judge({rules: {policies}}).enforced).toMatchObject({
      policy: 'c',
      at: '$.rules.policies.c',
      because: [{field: 'destination_port', want: '80', got: '80', holds: 'yes'}, {field: 'any'}],
      passedOver: [
        {name: 'a', check: {field: 'destination_port', want: '81', got: '80', holds: 'no'}},
        {name: 'b', check: {field: 'source_ip', want: '10.1.0.0/16', got: '10.0.0.9', holds: 'no'}},
      ],
    })
  })

  it('judges shadow rules beside the enforced ones', () => {
    const {enforced, shadow} = judge({rules: {action: 'LOG'}, shadow_rules: {policies: {s: policy({any: true})}}})
    expect([enforced?.allowed, shadow?.policy]).toEqual([true, 's'])
  })

  it('puts blanks of a policy’s name as underscores into the details', () => {
    expect(rbacDeniedDetails('my policy')).toBe('rbac_access_denied_matched_policy[my_policy]')
    expect(rbacDeniedDetails(null)).toBe('rbac_access_denied_matched_policy[none]')
  })
})

describe('permissions', () => {
  it('combine with and, or, not', () => {
    const [yes, no] = [{destination_port: 80}, {destination_port: 81}]
    expect(allows({and_rules: {rules: [yes, no]}})).toBe(false)
    expect(allows({or_rules: {rules: [no, yes]}})).toBe(true)
    expect(allows({not_rule: no})).toBe(true)
    expect(allows({and_rules: {rules: [yes, {not_rule: {or_rules: {rules: [no]}}}]}})).toBe(true)
  })

  it('leave the end of a port range out', () => {
    expect(allows({destination_port_range: {start: 79, end: 80}})).toBe(false)
    expect(allows({destination_port_range: {start: 80, end: 81}})).toBe(true)
  })

  it('see the SNI that tls_inspector read, not the handshake’s', () => {
    const subject = overTls(null)
    expect(allows({requested_server_name: {exact: 'x'}}, undefined, subject)).toBe(false)
    expect(allows({requested_server_name: {exact: ''}}, undefined, subject)).toBe(true)
  })

  it('compare the path without its query, as it is', () => {
    const http = {...plaintext, request}
    expect(allows({url_path: {path: {exact: '/admin/x'}}}, undefined, http)).toBe(true)
    expect(allows({url_path: {path: {exact: '/ADMIN/x'}}}, undefined, http)).toBe(false)
    expect(
      allows({url_path: {path: {prefix: '/admin'}}}, undefined, {...http, request: {...request, path: null}}),
    ).toBe(false)
  })

  it('hand headers and templates to HTTP', () => {
    const http = {...plaintext, request}
    expect(allows({header: {name: 'x-a', present_match: true}}, undefined, http)).toBe(false)
    expect(allows({not_rule: {header: {name: 'x-a', present_match: true}}}, undefined, http)).toBe(true)
    expect(allows({uri_template: {name: 't', typed_config: {'@type': 'x/y'}}}, undefined, http)).toBe(true)
    expect(allows({uri_template: {name: 't', typed_config: {'@type': 'x/y'}}})).toBe(false)
  })

  it('read dynamic metadata and the route’s', () => {
    const http = {...plaintext, request}
    const iss = (value: JsonObject) => ({metadata: {filter: 'jwt', path: [{key: 'payload'}, {key: 'iss'}], value}})
    expect(allows(iss({string_match: {exact: 'me'}}), undefined, http)).toBe(true)
    expect(allows(iss({string_match: {exact: 'you'}}), undefined, http)).toBe(false)
    const aud = {
      filter: 'jwt',
      path: [{key: 'payload'}, {key: 'aud'}],
      value: {list_match: {one_of: {string_match: {exact: 'b'}}}},
    }
    expect(allows({metadata: aud}, undefined, http)).toBe(true)
    expect(allows({metadata: {...aud, invert: true}}, undefined, http)).toBe(false)
    const tag = {filter: 'any', path: [{key: 'tag'}], value: {string_match: {exact: 'gold'}}}
    expect(allows({sourced_metadata: {metadata_matcher: tag, metadata_source: 'ROUTE'}}, undefined, http)).toBe(true)
    const noRoute = {...plaintext, request: {...request, routeMetadata: null}}
    expect(
      allows(
        {sourced_metadata: {metadata_matcher: {...tag, invert: true}, metadata_source: 'ROUTE'}},
        undefined,
        noRoute,
      ),
    ).toBe(false)
  })
})

describe('principals', () => {
  const named = (principal_name: JsonObject, subject: RbacSubject) =>
    allows({any: true}, {authenticated: {principal_name}}, subject)

  it('are authenticated by any URI SAN, any DNS SAN, or the subject', () => {
    for (const name of ['spiffe://td/one', 'one.a.com', 'CN=one'])
      expect(named({exact: name}, overTls(cert))).toBe(true)
    expect(named({exact: 'CN=two'}, overTls(cert))).toBe(false)
    expect(named({prefix: ''}, plaintext)).toBe(false)
  })

  it('without a name are any TLS, even without a certificate', () => {
    expect(allows({any: true}, {authenticated: {}}, overTls(null))).toBe(true)
    expect(allows({any: true}, {authenticated: {}}, plaintext)).toBe(false)
  })

  it('without a certificate have an empty subject', () => {
    expect(named({exact: ''}, overTls(null))).toBe(true)
    expect(named({exact: ''}, overTls(cert))).toBe(false)
  })

  it('tell the remote address from the peer', () => {
    const range = (address_prefix: string) => ({address_prefix, prefix_len: 32})
    expect(allows({any: true}, {remote_ip: range('192.0.2.1')})).toBe(true)
    expect(allows({any: true}, {direct_remote_ip: range('192.0.2.1')})).toBe(false)
    expect(allows({any: true}, {source_ip: range('10.0.0.9')})).toBe(true)
    expect(allows({any: true}, {not_id: {or_ids: {ids: [{source_ip: range('10.0.0.8')}]}}})).toBe(true)
  })

  it('of filter state are unknown until their value is supposed', () => {
    const peerName = {filter_state: {key: 'io.istio.peer_principal', string_match: {prefix: 'spiffe://td/'}}}
    const config = {rules: {policies: {p: policy({any: true}, peerName)}}}
    expect(judge(config).enforced).toMatchObject({
      allowed: false,
      assumptions: [{assumed: 'does not hold', turn: "--assume 'rbac:p=yes'"}],
    })
    expect(judge(config, plaintext, {'filter_state:io.istio.peer_principal': 'spiffe://td/a'}).enforced).toMatchObject({
      allowed: true,
      assumptions: [],
    })
    expect(judge(config, plaintext, {'rbac:p': 'yes'}).enforced?.allowed).toBe(true)
  })
})

describe('what cannot be known', () => {
  it('is a condition in CEL: taken not to hold, and said so', () => {
    const policies = {p: {...policy({any: true}), condition: {const_expr: {}}}}
    expect(judge({rules: {action: 'DENY', policies}}).enforced).toMatchObject({
      allowed: true,
      assumptions: [{about: expect.stringContaining('CEL')}],
    })
    expect(judge({rules: {action: 'DENY', policies}}, plaintext, {'rbac:p': 'yes'}).enforced?.allowed).toBe(false)
  })

  it('does not matter where a known part already fails', () => {
    const policies = {p: {permissions: [{destination_port: 81}], principals: any, condition: {const_expr: {}}}}
    expect(judge({rules: {policies}}).enforced).toMatchObject({allowed: false, assumptions: []})
  })
})

describe('the matcher form', () => {
  const action = (name: string, verdict?: string) => ({
    action: {
      name: 'a',
      typed_config: {'@type': 'x/envoy.config.rbac.v3.Action', name, ...(verdict ? {action: verdict} : {})},
    },
  })
  const header = {typed_config: {'@type': 'x/envoy.type.matcher.v3.HttpRequestHeaderMatchInput', header_name: 'x-a'}}
  const matcher = (exact: string, onMatch: JsonObject, otherwise: JsonObject = {}) => ({
    matcher: {
      matcher_list: {
        matchers: [{predicate: {single_predicate: {input: header, value_match: {exact}}}, on_match: onMatch}],
      },
      ...otherwise,
    },
  })
  const http = {...plaintext, request}

  it('denies where nothing matches', () => {
    expect(judge(matcher('v9', action('p')), http).enforced).toMatchObject({allowed: false, policy: null})
  })

  it('sees repeated headers as one text', () => {
    expect(judge(matcher('v1,v2', action('p')), http).enforced).toMatchObject({allowed: true, policy: 'p'})
    expect(judge(matcher('v1', action('p')), http).enforced?.allowed).toBe(false)
  })

  it('denies by an action, and passes by LOG', () => {
    expect(judge(matcher('v1,v2', action('p', 'DENY')), http).enforced).toMatchObject({allowed: false, policy: 'p'})
    expect(judge(matcher('v9', action('p'), {on_no_match: action('o', 'LOG')}), http).enforced).toMatchObject({
      allowed: true,
      policy: 'o',
    })
  })
})
