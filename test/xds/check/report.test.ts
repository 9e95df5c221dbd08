import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {aspects, isAspect} from '../../../src/xds/check/aspect.js'
import {findDifference, type Share} from '../../../src/xds/check/expectation.js'
import {parseTestFile} from '../../../src/xds/check/parse-file.js'
import {runTests} from '../../../src/xds/check/report.js'
import {matchRequest} from '../../../src/xds/match/match.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chainOf, envoyOf} from '../search/fixture.js'

const cluster = (name: string, ...addresses: string[]): JsonObject => ({
  name,
  type: 'STATIC',
  load_assignment: {
    cluster_name: name,
    endpoints: [
      {
        lb_endpoints: addresses.map((address) => ({
          endpoint: {address: {socket_address: {address, port_value: 80}}},
        })),
      },
    ],
  },
})

const weighted = {
  clusters: [
    {name: 'a', weight: 2},
    {name: 'b', weight: 1},
  ],
}

const envoy = envoyOf(
  [
    chainOf(
      [
        {
          name: 'shop',
          domains: ['shop.example.com'],
          routes: [
            {name: 'cart', match: {prefix: '/cart'}, route: {cluster: 'a', prefix_rewrite: '/basket'}},
            {match: {prefix: '/split'}, route: {weighted_clusters: weighted}},
            {name: 'old', match: {path: '/old'}, redirect: {path_redirect: '/new'}},
            {name: 'gone', match: {path: '/gone'}, direct_response: {status: 410}},
          ],
        },
        {name: 'empty', domains: ['empty.example.com'], routes: [{match: {prefix: '/'}, route: {cluster: 'none'}}]},
      ],
      {name: 'web'},
      {
        http_filters: [
          {
            name: 'envoy.filters.http.router',
            typed_config: {'@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router'},
          },
        ],
      },
    ),
  ],
  [cluster('a', '10.1.0.1', '10.1.0.2'), cluster('b', '10.1.0.3'), cluster('none')],
)

const parse = (tests: unknown) =>
  parseTestFile({defaults: {dst: '10.0.0.1:80'}, tests}, 'file', {
    defaults: {},
    lookup: () => undefined,
    suppositions: {},
  })

const run = (url: string, expected: JsonObject) => {
  const [suite] = runTests(
    () => envoy,
    [{file: 'f', tests: parse([{name: 'case', request: {url}, expect: expected}])}],
  ).suites
  const [result] = suite?.tests ?? []
  if (!result) throw new Error('no result')
  return result
}

const cart = 'http://shop.example.com/cart/1'
const split = 'http://shop.example.com/split'

describe('an expectation', () => {
  it.each<[string, JsonObject]>([
    [cart, {listener: 'l', filterChain: 'web', routeConfig: 'rc', virtualHost: 'shop', route: 'cart', cluster: 'a'}],
    [cart, {filterChain: 0, route: 0, outcome: 'forwarded', status: null, details: null, responseFlags: '-'}],
    [cart, {rewritten: {path: '/basket/1', authority: 'shop.example.com'}}],
    [cart, {path: '/basket/1', authority: '-'}],
    [cart, {endpoints: ['10.1.0.2:80', '10.1.0.1:80']}],
    [cart, {endpoints: {'10.1.0.2:80': '50%', '10.1.0.1:80': 0.5}}],
    [split, {route: 1, cluster: {a: '66.7%', b: '33.3%'}, path: '/split'}],
    [split, {route: '#1', cluster: ['b', 'a']}],
    [split, {endpoint: {'10.1.0.1:80': '33.3%', '10.1.0.2:80': '33.3%', '10.1.0.3:80': '33.3%'}}],
    ['http://shop.example.com/old', {location: 'http://shop.example.com/new', status: 301, cluster: null}],
    ['http://shop.example.com/gone', {outcome: 'responded', status: 410, details: 'direct_response', endpoints: []}],
    ['http://empty.example.com/', {cluster: 'none', status: 503, responseFlags: 'UH', endpoints: null}],
    ['http://other.example.com/', {virtualHost: null, status: 404, details: 'route_not_found', responseFlags: 'NR'}],
  ])('of %s is met: %j', (url, expected) => {
    expect(run(url, expected)).toMatchObject({result: 'passed', differences: []})
  })

  it.each<[string, JsonObject, unknown]>([
    [cart, {route: 'old'}, [{value: 'cart', share: 1}]],
    [cart, {route: 1}, [{value: 'cart', share: 1}]],
    [cart, {cluster: ['a', 'b']}, [{value: 'a', share: 1}]],
    [cart, {rewritten: {path: null}}, [{value: '/basket/1', share: 1}]],
    [cart, {endpoints: '10.1.0.1:80'}, expect.arrayContaining([{value: '10.1.0.2:80', share: 0.5}])],
    [split, {cluster: 'a'}, expect.arrayContaining([{value: 'b', share: expect.closeTo(1 / 3)}])],
    [split, {cluster: {a: '66%', b: '34%'}}, expect.arrayContaining([{value: 'a', share: expect.closeTo(2 / 3)}])],
    [split, {cluster: {a: '66.7%', c: '33.3%'}}, expect.arrayContaining([{value: 'b', share: expect.closeTo(1 / 3)}])],
    ['http://shop.example.com/gone', {status: 200}, [{value: '410', share: 1}]],
    ['http://empty.example.com/', {outcome: 'forwarded'}, [{value: 'responded', share: 1}]],
  ])('of %s is not met: %j', (url, expected, got) => {
    expect(run(url, expected)).toMatchObject({result: 'failed', differences: [{got}]})
  })
})

describe('a failure', () => {
  it('names the decision, and why it passed over what was expected', () => {
    const {differences} = run('http://shop.example.com/gone', {cluster: 'a', route: 'cart'})
    expect(differences).toMatchObject([
      {
        member: 'route',
        outcome: {kind: 'responded', status: 410},
        reasons: [
          {level: 'virtual host', decided: 'shop'},
          {level: 'route', decided: 'gone'},
        ],
        rejected: {name: 'cart', check: {field: 'path', want: 'prefix /cart', got: '/gone', holds: 'no'}},
      },
      {member: 'cluster', got: [{value: '-', share: 1}]},
    ])
  })

  it('finds an unnamed candidate by its position', () => {
    const [difference] = run(cart, {route: 1}).differences
    expect(difference?.rejected).toMatchObject({at: expect.stringMatching(/routes\[1\]$/)})
  })

  it('tells the reason of a way that strays, not of one that is as expected', () => {
    const [difference] = run(split, {cluster: 'a'}).differences
    expect(difference?.reasons.at(-1)).toMatchObject({level: 'cluster of the route', decided: 'b'})
  })
})

describe('coverage', () => {
  const ask = (...urls: string[]) =>
    runTests(
      () => envoy,
      [{file: 'f', tests: parse(urls.map((url) => ({name: url, request: {url}, expect: {listener: 'l'}})))}],
    ).coverage

  it('counts what is reached once, and lists the rest', () => {
    const {virtualHosts, routes, percent, uncovered} = ask(cart, cart, split)
    expect({virtualHosts, routes, percent}).toEqual({
      virtualHosts: {reached: 1, total: 2},
      routes: {reached: 2, total: 5},
      percent: 40,
    })
    expect(uncovered.map(({path}) => path.at(-1))).toEqual(['route 2 (old)', 'route 3 (gone)', 'virtual host empty'])
  })

  it('is whole where every route is reached, and nothing where none is', () => {
    const all = ['/cart', '/split', '/old', '/gone'].map((path) => `http://shop.example.com${path}`)
    expect(ask(...all, 'http://empty.example.com/')).toMatchObject({percent: 100, uncovered: []})
    expect(ask('http://other.example.com/')).toMatchObject({percent: 0, virtualHosts: {reached: 0, total: 2}})
  })
})

describe('any answer', () => {
  const paths = ['/cart/1?x=1', '/split/a', '/old', '/gone', '/nothing']
  const names = Object.keys(aspects).filter(isAspect)
  const questions = fc.record({
    url: fc
      .tuple(fc.constantFrom('shop', 'empty', 'other'), fc.constantFrom(...paths))
      .map(([host, path]) => `http://${host}.example.com${path}`),
    member: fc.constantFrom(...names),
  })

  const answerTo = (url: string) => {
    const [test] = parse([{name: 'n', request: {url}, expect: {status: 1}}])
    if (!test) throw new Error('no case')
    return {branches: matchRequest(envoy, test.request, {}), asked: test.request.http}
  }

  /** What the answer itself says, as shares. */
  const sharesIn = (url: string, member: (typeof names)[number]): Share[] => {
    const {branches, asked} = answerTo(url)
    const sums = new Map<string, number>()
    for (const branch of branches)
      for (const {spellings, probability} of aspects[member].valuesOf(branch, asked))
        sums.set(spellings[0] ?? '', (sums.get(spellings[0] ?? '') ?? 0) + probability)
    return [...sums].map(([value, share]) => ({value, share}))
  }

  it('has values whose shares are all of the requests, and meets an expectation of just these', () => {
    fc.assert(
      fc.property(questions, ({url, member}) => {
        const expected = sharesIn(url, member)
        expect(expected.reduce((sum, {share}) => sum + (share ?? 0), 0)).toBeCloseTo(1, 9)
        const {branches, asked} = answerTo(url)
        expect(findDifference({member, expected}, branches, asked)).toBeNull()
        const anyShare = expected.map(({value}) => ({value, share: null}))
        expect(findDifference({member, expected: anyShare}, branches, asked)).toBeNull()
      }),
    )
  })

  it('does not meet one of another value, of one value more, or of one less', () => {
    fc.assert(
      fc.property(questions, ({url, member}) => {
        const {branches, asked} = answerTo(url)
        const values = sharesIn(url, member).map(({value}): Share => ({value, share: null}))
        const stranger = {value: 'nothing like it', share: null}
        for (const expected of [values.slice(1), [...values, stranger], [stranger]])
          expect(findDifference({member, expected}, branches, asked)).not.toBeNull()
      }),
    )
  })
})
