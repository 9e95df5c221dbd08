import {describe, expect, test} from 'vitest'
import {redactDocument, redactFile, redactText} from '../../../src/snapshot/redact.js'
import {openSnapshot} from '../../../src/sources/open-snapshot.js'
import {planted, plantedTexts} from './canaries.js'

/** Fields as istiod's debug endpoint and istioctl write them; keys of maps and Structs stay. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (typeof value !== 'object' || value === null) return value
  const members: [string, unknown][] = Object.entries(value)
  return Object.fromEntries(
    members.map(([name, inner]) => [
      /^[a-z]+(?:_[a-z0-9]+)+$/.test(name)
        ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
        : name,
      camelCased(inner),
    ]),
  )
}

const decoded = (text: string): string =>
  text.replace(/[A-Za-z0-9+/]{12,}={0,2}/g, (run) => `${run} ${Buffer.from(run, 'base64').toString('latin1')}`)

const shapes = ['cnry7Q2mZx91', 'canary-of-words', 'CANARYUPPER']

describe('no secret survives in', () => {
  test.each(planted)('$where', ({where, plant}) => {
    for (const secret of shapes)
      for (const document of [plant(secret), camelCased(plant(secret))]) {
        const {value, report} = redactDocument(document, 'pods/a/b/config_dump.json')
        const text = JSON.stringify(value)
        expect(decoded(text), where).not.toContain(secret)
        expect(report.length, where).toBeGreaterThan(0)
        expect(JSON.stringify(report)).not.toContain(secret)
        expect(report.every(({path, at}) => path === 'pods/a/b/config_dump.json' && at.startsWith('$.'))).toBe(true)
      }
  })

  test.each(plantedTexts)('a text: $where', ({plant}) => {
    for (const secret of shapes) {
      const {value, report} = redactText(plant(secret), 'proxy.log')
      expect(value).not.toContain(secret)
      expect(report.length).toBeGreaterThan(0)
      expect(value.split('\n').length).toBe(plant(secret).split('\n').length)
    }
  })

  test('all of them are more than sixty', () => expect(planted.length + plantedTexts.length).toBeGreaterThan(60))
})

describe('what is no secret stays:', () => {
  const kept = (document: unknown) => {
    const {value, report} = redactDocument(document, 'config_dump.json')
    expect(report).toEqual([])
    expect(value).toBe(document)
  }

  test('the embedded sample, whole, byte for byte', async () => {
    const sample = await openSnapshot('sample')
    for (const path of sample.files()) {
      const text = sample.text(path) ?? ''
      const {value, report} = redactFile(text, path)
      expect(report, path).toEqual([])
      expect(value).toBe(text)
    }
  })

  test.each<[string, unknown]>([
    [
      'certificates',
      {
        tls_certificate: {
          certificate_chain: {inline_string: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'},
        },
      },
    ],
    ['trusted authorities', {validation_context: {trusted_ca: {inline_bytes: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t'}}}],
    ['files of keys', {tls_certificate: {private_key: {filename: '/etc/certs/key.pem'}}}],
    ['references to SDS', {credentials: {client_id: 'a', token_secret: {name: 'oauth-token', sds_config: {ads: {}}}}}],
    [
      'names of secrets',
      {dynamic_active_secrets: [{name: 'kubernetes://token-secret', secret: {name: 'kubernetes://token-secret'}}]},
    ],
    [
      'clusters named after tokens',
      {cluster: {name: 'outbound|80||token-service.default.svc.cluster.local', alt_stat_name: 'x'}},
    ],
    [
      'values that Envoy fills in',
      {request_headers_to_add: [{header: {key: 'authorization', value: 'Bearer %DYNAMIC_METADATA(a:token)%'}}]},
    ],
    ['whether a header is there', {headers: [{name: 'authorization', present_match: true}]}],
    ['open patterns', {headers: [{name: 'authorization', safe_regex_match: {regex: '^Bearer\\s+.*$'}}]}],
    [
      'routes by a plain cookie',
      {headers: [{name: 'cookie', string_match: {safe_regex: {regex: '^(.*?;)?(user=jason)(;.*)?$'}}}]},
    ],
    ['routes by a plain header', {headers: [{name: 'end-user', string_match: {exact: 'jason'}}]}],
    ['names of cookies', {cookie_names: {bearer_token: 'BearerToken', oauth_hmac: 'OauthHMAC'}}],
    [
      'where a JWT comes from',
      {from_headers: [{name: 'Authorization', value_prefix: 'Bearer '}], from_cookies: ['jwt']},
    ],
    [
      'public keys',
      {local_jwks: {inline_string: '{"keys":[{"kty":"RSA","n":"xjlCRBqkQ1WX9cVbTGkz8s0TkBd8vJ7sYvA0","e":"AQAB"}]}'}},
    ],
    ['token buckets', {token_bucket: {max_tokens: 100, tokens_per_fill: 10, fill_interval: '60s'}}],
    ['endpoints of tokens', {token_endpoint: {uri: 'https://login.example.com/token', cluster: 'login'}}],
    [
      'metadata of the JWT filter',
      {metadata: {filter_metadata: {'envoy.filters.http.jwt_authn': {issuer: 'a', groups: ['b']}}}},
    ],
    ['what Envoy redacted itself', {private_key: {inline_bytes: 'W3JlZGFjdGVkXQ=='}}],
    [
      'Lua without secrets',
      {inline_code: 'function envoy_on_request(h)\n  h:headers():add("x-request", "yes")\nend\n'},
    ],
  ])('%s', (_, document) => kept(document))

  test('rules and routes', () => {
    const text =
      '*nat\n[1:60] -A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT\nCOMMIT\n'
    expect(redactText(text, 'iptables-save.txt')).toEqual({value: text, report: []})
  })
})

describe('a redacted file', () => {
  test('keeps its indentation and is valid, keys as bytes too', () => {
    const {value, report} = redactFile(
      '{\n "private_key": {\n  "inline_bytes": "c2VjcmV0"\n }\n}\n',
      'config_dump.json',
    )
    expect(value).toBe('{\n "private_key": {\n  "inline_bytes": "W3JlZGFjdGVkXQ=="\n }\n}\n')
    expect(report).toEqual([{path: 'config_dump.json', at: '$.private_key.inline_bytes', kind: 'private-key'}])
  })

  test('that is broken JSON is redacted as a text', () => {
    const {value, report} = redactFile('{"a": 1, "password": "hunter2"', 'config_dump.json')
    expect(value).toBe('{"a": 1, "password": "[redacted]"')
    expect(report).toEqual([{path: 'config_dump.json', at: 'line 1', kind: 'looks-secret'}])
  })

  test('says the line of every secret', () => {
    const text = 'a\n-----BEGIN PRIVATE KEY-----\nx\ny\n-----END PRIVATE KEY-----\nTOKEN=abc123\n'
    expect(redactText(text, 'proxy.log').report.map(({at, kind}) => [at, kind])).toEqual([
      ['line 2', 'private-key'],
      ['line 6', 'looks-secret'],
    ])
  })

  test('redacted once more stays as it is', () => {
    for (const {plant} of planted) {
      const once = redactDocument(plant('cnry7Q2mZx91'), 'config_dump.json').value
      expect(redactDocument(once, 'config_dump.json').report).toEqual([])
    }
  })
})
