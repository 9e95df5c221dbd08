import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {findShadowed} from '../../../src/xds/search/shadowed.js'
import {whoReaches} from '../../../src/xds/search/who-reaches.js'
import {staticCluster} from '../clusters/fixture.js'
import {extension} from '../listener/fixture.js'
import {chainOf, envoyOf, hostWith} from './fixture.js'

const router = extension('envoy.extensions.filters.http.router.v3.Router')
const http = 'envoy.extensions.filters.http'
const fault = (more: JsonObject = {}) =>
  extension(`${http}.fault.v3.HTTPFault`, {abort: {http_status: 503, percentage: {numerator: 100}}, ...more})
const rbac = (policies: JsonObject, action = 'ALLOW') => extension(`${http}.rbac.v3.RBAC`, {rules: {action, policies}})
const header = (name: string, exact: string): JsonObject => ({header: {name, string_match: {exact}}})

const behind = (...filters: JsonObject[]) =>
  envoyOf([chainOf([hostWith([{prefix: '/'}])], {}, {http_filters: [...filters, router]})], [staticCluster('c', [])])

describe('HTTP filters before a route', () => {
  it.each([
    ['a fault for all', fault()],
    ['RBAC that allows nobody', rbac({})],
    ['RBAC that denies all', rbac({all: {permissions: [{any: true}], principals: [{any: true}]}}, 'DENY')],
  ])('%s makes it unreachable', (_, filter) => {
    const envoy = behind(filter)
    expect(whoReaches(envoy, 'c').ways).toMatchObject([{reachable: 'no', filters: {verdict: 'answer', always: true}}])
    expect(findShadowed(envoy)).toMatchObject([
      {kind: 'route', reachable: 'no', reason: expect.stringContaining('answers every request')},
    ])
  })
  it('an answer to some leaves it undecided, and it is not called unreachable', () => {
    const envoy = behind(rbac({one: {permissions: [header('user', 'me')], principals: [{any: true}]}}))
    expect(whoReaches(envoy, 'c').ways).toMatchObject([{reachable: 'undecided', filters: {always: false}}])
    expect(findShadowed(envoy)).toEqual([])
  })
  it('a filter that concerns others lets the example pass', () => {
    const envoy = behind(fault({headers: [{name: 'x-fault', present_match: true}]}))
    expect(whoReaches(envoy, 'c').ways).toMatchObject([{reachable: 'yes', filters: {verdict: 'pass', assumptions: []}}])
  })
  it('a service that is asked is an assumption', () => {
    const envoy = behind(extension(`${http}.ext_authz.v3.ExtAuthz`))
    const [way] = whoReaches(envoy, 'c').ways
    expect(way).toMatchObject({reachable: 'yes', filters: {verdict: 'pass'}})
    expect(way?.filters?.assumptions).toHaveLength(1)
  })
})

describe('routes in a matcher tree', () => {
  const input = {
    name: 'h',
    typed_config: {'@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput', header_name: 'x'},
  }
  const route = (name: string, match: JsonObject): JsonObject => ({
    action: {
      name,
      typed_config: {'@type': 'type.googleapis.com/envoy.config.route.v3.Route', name, match, route: {cluster: 'c'}},
    },
  })
  const envoy = (matcher: JsonObject) =>
    envoyOf([chainOf([{name: 'v', domains: ['*'], matcher}], {}, {http_filters: [router]})], [staticCluster('c', [])])
  const listed = (...entries: [JsonObject, JsonObject][]): JsonObject => ({
    matcher_list: {
      matchers: entries.map(([value_match, on_match]) => ({
        predicate: {single_predicate: {input, value_match}},
        on_match,
      })),
    },
    on_no_match: route('else', {prefix: '/'}),
  })
  const reached = (matcher: JsonObject) =>
    whoReaches(envoy(matcher), 'c').ways.map(({path, reachable, example}) => [path.at(-1), reachable, example?.headers])

  it('are found with a request that comes to each', () => {
    expect(
      reached(listed([{exact: 'one'}, route('first', {prefix: '/'})], [{prefix: 't'}, route('second', {prefix: '/'})])),
    ).toEqual([
      ['route 0 (first)', 'yes', [['x', 'one']]],
      ['route 0 (second)', 'yes', [['x', expect.stringMatching(/^t/)]]],
      ['route 0 (else)', 'yes', []],
    ])
  })
  it('are unreachable behind an entry that takes all of theirs', () => {
    const matcher = listed(
      [{prefix: 't'}, route('first', {prefix: '/'})],
      [{exact: 'two'}, route('late', {prefix: '/'})],
    )
    expect(findShadowed(envoy(matcher))).toMatchObject([
      {path: ['route config rc', 'virtual host v', 'route 0 (late)'], reachable: 'no', takenBy: []},
    ])
  })
  it('are undecided where a regular expression chooses', () => {
    const matcher = listed([{safe_regex: {regex: '[^a]b{7}c'}}, route('odd', {prefix: '/'})])
    expect(findShadowed(envoy(matcher)).map(({reachable}) => reachable)).not.toContain('no')
  })
})
