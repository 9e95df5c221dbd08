import {describe, expect, it} from 'vitest'
import {ask, filter, manager, only, router} from './manager.js'

const forwardAll = [{name: 'all', match: {prefix: '/'}, route: {cluster: 'c'}}]
const withFilter = (...filters: Parameters<typeof filter>) =>
  manager(forwardAll, {http_filters: [filter(...filters), router]})
const outcome = (...args: Parameters<typeof ask>) => only(ask(...args)).outcome

describe('services that are asked', () => {
  const authz = withFilter('authz', 'ext_authz.v3.ExtAuthz')

  it('allow by default, which is said with the flag that turns it', () => {
    const verdict = only(ask(authz))
    expect(verdict.outcome.kind).toBe('forwarded')
    expect(verdict.assumptions).toMatchObject([{about: 'authz (ext_authz)', turn: '--assume ext_authz=deny|error'}])
  })

  it('deny or fail where that is supposed, by the filter’s own name too', () => {
    expect(outcome(authz, {}, {ext_authz: 'deny'})).toMatchObject({
      status: 403,
      details: 'ext_authz_denied',
      responseFlags: 'UAEX',
    })
    expect(outcome(authz, {}, {authz: 'error'})).toMatchObject({status: 403, details: 'ext_authz_error'})
    const lenient = withFilter('authz', 'ext_authz.v3.ExtAuthz', {failure_mode_allow: true})
    expect(outcome(lenient, {}, {ext_authz: 'error'}).kind).toBe('forwarded')
  })

  it('are asked only where metadata of an earlier filter says so', () => {
    const shadow = {
      action: 'DENY',
      policies: {'ext-1': {permissions: [{url_path: {path: {prefix: '/a'}}}], principals: [{any: true}]}},
    }
    const raw = manager(forwardAll, {
      http_filters: [
        filter('rbac', 'rbac.v3.RBAC', {shadow_rules: shadow, shadow_rules_stat_prefix: 'ext_'}),
        filter('authz', 'ext_authz.v3.ExtAuthz', {
          filter_enabled_metadata: {
            filter: 'envoy.filters.http.rbac',
            path: [{key: 'ext_shadow_effective_policy_id'}],
            value: {string_match: {prefix: 'ext-'}},
          },
        }),
        router,
      ],
    })
    expect(outcome(raw, {path: '/a'}, {ext_authz: 'deny'}).status).toBe(403)
    expect(outcome(raw, {path: '/b'}, {ext_authz: 'deny'}).kind).toBe('forwarded')
  })

  it('count tokens only where the configuration enforces it', () => {
    const limit = (more: object) =>
      withFilter('limit', 'local_ratelimit.v3.LocalRateLimit', {token_bucket: {max_tokens: 1}, ...more})
    const always = {default_value: {numerator: 100}}
    expect(outcome(limit({}), {}, {local_ratelimit: 'deny'}).kind).toBe('forwarded')
    const enforced = limit({filter_enabled: always, filter_enforced: always})
    expect(outcome(enforced, {}, {local_ratelimit: 'deny'})).toMatchObject({
      status: 429,
      details: 'local_rate_limited',
      responseFlags: 'RL',
    })
  })
})

describe('a filter that is not modelled', () => {
  it('stays in the answer as a note and an assumption', () => {
    const verdict = only(ask(withFilter('odd', 'odd.v3.Odd')))
    expect(verdict.notes).toMatchObject([{kind: 'unmodelled'}])
    expect(verdict.assumptions).toMatchObject([{about: 'odd (odd)', assumed: 'lets the request go on, unchanged'}])
  })
})

describe('a Lua script', () => {
  const script = (body: string, more: object = {}) =>
    withFilter('lua', 'lua.v3.Lua', {
      default_source_code: {inline_string: `function envoy_on_request(h) ${body} end`},
      ...more,
    })

  it('answers, sets headers and chooses the route anew', () => {
    expect(outcome(script('h:respond({[":status"] = "403"}, "no")'))).toMatchObject({
      status: 403,
      details: 'lua_response',
    })
    const chosen = {
      name: 'set',
      match: {prefix: '/', headers: [{name: 'x-set', string_match: {exact: '2'}}]},
      route: {cluster: 'set'},
    }
    const body = 'local n = tonumber(h:headers():get("x-n") or "0"); h:headers():replace("x-set", "" .. n + 1)'
    const routed = manager([chosen, ...forwardAll], {http_filters: script(body)['http_filters']})
    expect(only(ask(routed)).cluster).toBe('c')
    expect(only(ask(routed, {headers: [['x-n', '1']]})).cluster).toBe('set')
  })

  it('goes on where it fails, as Envoy does', () => {
    expect(outcome(script('local t = nil; t.x = 1')).kind).toBe('forwarded')
  })

  it('is an assumption where it does more than is modelled', () => {
    const verdict = only(ask(script('h:httpCall("c", {}, "", 100)')))
    expect(verdict.outcome.kind).toBe('forwarded')
    expect(verdict.assumptions[0]?.assumed).toContain('request_handle:httpCall')
    expect(outcome(script('for i = 1, 2 do end')).kind).toBe('forwarded')
    expect(only(ask(script('count = 1'))).assumptions[0]?.assumed).toContain('outlive')
  })
})

describe('a preflight', () => {
  const policy = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy',
    allow_origin_string_match: [{exact: 'http://a.com'}],
  }
  const raw = manager([{...forwardAll[0], typed_per_filter_config: {cors: policy}}], {
    http_filters: [filter('cors', 'cors.v3.Cors'), router],
  })
  const preflight = (origin: string) =>
    outcome(raw, {
      method: 'OPTIONS',
      headers: [
        ['origin', origin],
        ['access-control-request-method', 'GET'],
      ],
    })

  it('is answered here for an allowed origin and goes on for others', () => {
    expect(preflight('http://a.com')).toMatchObject({kind: 'responded', status: 200, details: 'cors_response'})
    expect(preflight('http://b.org').kind).toBe('forwarded')
  })
})
