import {describe, expect, it} from 'vitest'
import {matchMosn} from '../../src/mosn/match/match.js'
import type {MosnRequest} from '../../src/mosn/match/request.js'
import type {MosnBranch} from '../../src/mosn/match/result.js'
import {parseMosnDump} from '../../src/mosn/parse/dump.js'

const chain = (router: string, protocol = 'Http1') => ({
  filters: [{type: 'proxy', config: {downstream_protocol: protocol, router_config_name: router}}],
})

interface Setting {
  routers?: unknown[]
  domains?: unknown[]
  clusters?: Record<string, unknown>
  listeners?: Record<string, unknown>
  protocol?: string
}

/** A MOSN with one listener on 127.0.0.1:80, whose default virtual host has these routes. */
const mosn = ({routers = [], domains, clusters = {}, listeners, protocol}: Setting) =>
  parseMosnDump(
    {
      mosn_config: {},
      listener: listeners ?? {
        l: {name: 'l', address: '127.0.0.1:80', bind_port: true, filter_chains: [chain('r', protocol)]},
      },
      routers: {
        r: {router_config_name: 'r', virtual_hosts: domains ?? [{name: 'v', domains: ['*'], routers}]},
      },
      cluster: {
        a: {name: 'a', hosts: [{address: '1.1.1.1:1'}]},
        b: {name: 'b', hosts: [{address: '1.1.1.2:1'}]},
        ...clusters,
      },
    },
    'test',
  )

const get = (
  path: string,
  more: Partial<{host: string; method: string; headers: [string, string][]}> = {},
): MosnRequest => ({
  direction: 'direct',
  dst: {ip: '127.0.0.1', port: 80},
  src: null,
  protocol: 'http1',
  tls: null,
  http: {method: more.method ?? 'GET', authority: more.host ?? 'h', path, headers: more.headers ?? []},
  rpc: null,
})

const rpc = (service: string, headers: [string, string][] = []): MosnRequest => ({
  ...get('/'),
  protocol: 'dubbo',
  http: null,
  rpc: {service, method: 'm', headers},
})

const only = (branches: readonly MosnBranch[]): MosnBranch => {
  const [branch, ...more] = branches
  if (branch === undefined || more.length > 0) throw new Error(`${branches.length} branches`)
  return branch
}

const to = (cluster: string) => ({route: {cluster_name: cluster}})
const answer = (setting: Setting, request: MosnRequest) => {
  const {outcome, cluster, virtualHost} = only(matchMosn(mosn(setting), request))
  return outcome.kind === 'responded' ? String(outcome.status) : `${virtualHost} ${cluster}`
}

describe('a virtual host of MOSN', () => {
  const domains = [
    {name: 'exact', domains: ['a.b']},
    {name: 'port', domains: ['a.b:8080']},
    {name: 'any port', domains: ['c.b:*']},
    {name: 'suffix', domains: ['*.b']},
    {name: 'suffix and port', domains: ['*.b:90']},
    {name: 'suffix, any port', domains: ['*.deep.b:*']},
    {name: 'all of a port', domains: ['*:7']},
    {name: 'rest', domains: ['*']},
  ].map((host) => ({...host, routers: [{match: {prefix: '/'}, ...to('a')}]}))

  it.each([
    ['a.b', 'exact'],
    ['A.B', 'exact'],
    ['a.b:8080', 'port'],
    ['a.b:90', 'suffix and port'],
    ['a.b:91', 'rest'],
    ['c.b', 'any port'],
    ['c.b:1', 'any port'],
    ['x.b', 'suffix'],
    ['.b', 'rest'],
    ['b', 'rest'],
    ['x.deep.b:3', 'suffix, any port'],
    ['x.deep.b', 'suffix'],
    ['q:7', 'all of a port'],
    ['[::1]:80', 'rest'],
    ['[::1]', 'rest'],
  ])('for %s is %s', (host, name) => {
    expect(answer({domains}, get('/', {host}))).toBe(`${name} a`)
  })

  it.each(['a:b:1', '::1', 'a[b]:1'])('is none for %s, which does not split', (host) => {
    expect(answer({domains}, get('/', {host}))).toBe('404')
  })

  it('that is the only one, and for any host, is taken unseen', () => {
    expect(answer({routers: [{match: {prefix: '/'}, ...to('a')}]}, get('/', {host: 'a:b:1'}))).toBe('v a')
  })

  it.each([['a.*'], ['a*b'], [''], ['x:y:z']])('with the domain "%s" makes MOSN refuse all of them', (domain) => {
    const wrong = [{name: 'w', domains: [domain], routers: []}, ...domains]
    expect(answer({domains: wrong}, get('/', {host: 'a.b'}))).toBe('404')
  })

  it('that is there twice makes MOSN refuse all of them', () => {
    expect(answer({domains: [...domains, ...domains.slice(0, 1)]}, get('/', {host: 'x.b'}))).toBe('404')
  })
})

describe('a route of MOSN', () => {
  it.each<[string, unknown, string, boolean]>([
    ['a prefix need not end at a slash', {prefix: '/a'}, '/ab', true],
    ['a prefix is compared in its case', {prefix: '/a'}, '/A', false],
    ['a path is compared in any case', {path: '/a'}, '/A', true],
    ['a path has no query', {path: '/a'}, '/a?b', true],
    ['a regex is searched for', {regex: 'b+'}, '/abbc', true],
    ['a regex may be anchored', {regex: '^/b'}, '/ab', false],
    ['a prefix rules out the path', {prefix: '/a', path: '/b'}, '/b', false],
    ['a path rules out the regex', {path: '/a', regex: '.'}, '/b', false],
    ['a regex rules out variables', {regex: '^/a', variables: [{name: 'x-mosn-method', value: 'GET'}]}, '/b', false],
    ['no condition takes all', {}, '/any', true],
    ['paths are decoded', {path: '/a b'}, '/a%20b', true],
    ['slashes are joined', {path: '/a/b'}, '//a//b', true],
    ['dot segments are taken out', {path: '/b'}, '/a/../b', true],
  ])('%s', (_, match, path, fits) => {
    expect(answer({routers: [{match, ...to('a')}]}, get(path))).toBe(fits ? 'v a' : '404')
  })

  it.each<[string, unknown, [string, string][], boolean]>([
    ['a name in any case', {headers: [{name: 'X-A', value: '1'}]}, [['x-a', '1']], true],
    ['a value in its case', {headers: [{name: 'x', value: 'Ab'}]}, [['x', 'ab']], false],
    ['a regex anywhere in it', {headers: [{name: 'x', value: 'b', regex: true}]}, [['x', 'abc']], true],
    [
      'every condition',
      {
        headers: [
          {name: 'x', value: '1'},
          {name: 'y', value: '2'},
        ],
      },
      [['x', '1']],
      false,
    ],
    [
      'only the first of several lines',
      {headers: [{name: 'x', value: '2'}]},
      [
        ['x', '1'],
        ['x', '2'],
      ],
      false,
    ],
    ['method beside a path, which is the method', {prefix: '/', headers: [{name: 'method', value: 'GET'}]}, [], true],
    [
      'method beside a path as a whole, never as a regex',
      {prefix: '/', headers: [{name: 'method', value: 'G.*', regex: true}]},
      [],
      false,
    ],
    ['method alone, which is a header of that name', {headers: [{name: 'method', value: 'GET'}]}, [], false],
    ['service alone, .* for any text', {headers: [{name: 'service', value: '.*'}]}, [['service', 's']], true],
    [
      'service alone, other regexes as they stand',
      {headers: [{name: 'service', value: 's.*', regex: true}]},
      [['service', 'sx']],
      false,
    ],
    [
      'service with others, as regexes',
      {
        headers: [
          {name: 'service', value: 's.*', regex: true},
          {name: 'x', value: '1'},
        ],
      },
      [
        ['service', 'sx'],
        ['x', '1'],
      ],
      true,
    ],
  ])('looks at headers by %s', (_, match, headers, fits) => {
    expect(answer({routers: [{match, ...to('a')}]}, get('/', {headers}))).toBe(fits ? 'v a' : '404')
  })

  const path = (value: string, model?: string) => ({
    name: 'x-mosn-path',
    value,
    ...(model === undefined ? {} : {model}),
  })
  const method = (value: string, model?: string) => ({
    name: 'x-mosn-method',
    value,
    ...(model === undefined ? {} : {model}),
  })
  it.each<[string, unknown[], boolean]>([
    ['and', [path('/p'), method('GET')], true],
    ['and that fails', [path('/p'), method('PUT')], false],
    ['or, the first holds', [path('/p', 'or'), method('PUT')], true],
    ['or, the second holds', [path('/q', 'or'), method('GET')], true],
    ['after or the result begins anew', [path('/q'), path('/q', 'or'), method('GET')], true],
    ['what follows or is joined by and again', [path('/q', 'or'), method('GET'), path('/q')], false],
    ['a result that holds before or ends it', [path('/p', 'or'), path('/q'), path('/q')], true],
    ['an item without value or regex never holds', [{name: 'x-mosn-path'}], false],
    ['a regex counts before a value', [{name: 'x-mosn-path', value: '/q', regex: '^/p$'}], true],
  ])('looks at variables: %s', (_, variables, fits) => {
    expect(answer({routers: [{match: {variables}, ...to('a')}]}, get('/p'))).toBe(fits ? 'v a' : '404')
  })

  it('by an expression is taken not to fit, and says so', () => {
    const dump = mosn({routers: [{match: {dsl_expressions: [{expression: 'x == 1'}]}, ...to('a')}]})
    const branch = only(matchMosn(dump, get('/')))
    expect([branch.outcome.status, branch.assumptions[0]?.turn]).toEqual([404, '--assume dsl=match'])
    expect(only(matchMosn(dump, get('/'), {dsl: 'match'})).cluster).toBe('a')
  })

  it('is not looked for in another virtual host', () => {
    const domains = [
      {name: 'own', domains: ['h'], routers: [{match: {prefix: '/x'}, ...to('a')}]},
      {name: 'rest', domains: ['*'], routers: [{match: {prefix: '/'}, ...to('b')}]},
    ]
    expect(answer({domains}, get('/'))).toBe('404')
  })
})

describe('the answer of MOSN itself', () => {
  it.each<[string, unknown, number, string]>([
    ['a direct response before a redirect', {direct_response: {status: 418}, redirect: {}, ...to('none')}, 418, '-'],
    ['a redirect before the cluster', {redirect: {}, ...to('none')}, 301, '-'],
    ['the code of a redirect', {redirect: {response_code: 307}}, 307, '-'],
    ['404 for a cluster that is not there', to('none'), 404, 'NR'],
    ['404 for no cluster', {}, 404, 'NR'],
    ['502 for a cluster without hosts', to('empty'), 502, 'UH'],
  ])('is %s', (_, action, status, flags) => {
    const clusters = {empty: {name: 'empty'}}
    const {outcome} = only(matchMosn(mosn({routers: [{match: {prefix: '/'}, ...Object(action)}], clusters}), get('/')))
    expect([outcome.kind, outcome.status, outcome.responseFlags]).toEqual(['responded', status, flags])
  })

  it('says where a redirect leads, with the query', () => {
    const redirect = {path_redirect: '/there', host_redirect: 'h.x'}
    const {notes} = only(matchMosn(mosn({routers: [{match: {prefix: '/'}, redirect}]}), get('/p?q=1')))
    expect(notes).toEqual([expect.objectContaining({kind: 'location', text: 'http://h.x/there?q=1'})])
  })

  it('is one of Dubbo to a Dubbo call', () => {
    const {notes, outcome} = only(matchMosn(mosn({protocol: 'dubbo'}), rpc('s')))
    expect(outcome.status).toBe(404)
    expect(notes).toEqual([expect.objectContaining({text: 'status 60, body 404|router unavailable'})])
  })

  it('is 404 where the listener names no router configuration that is there', () => {
    const listeners = {l: {name: 'l', address: '127.0.0.1:80', bind_port: true, filter_chains: [chain('gone')]}}
    expect(answer({listeners}, get('/'))).toBe('404')
  })
})

describe('a call of an RPC protocol', () => {
  const routers = [
    {
      match: {
        headers: [
          {name: 'gray', value: '1'},
          {name: 'service', value: 's'},
        ],
      },
      ...to('a'),
    },
  ]

  it('has no path and no host', () => {
    expect(answer({protocol: 'dubbo', routers: [{match: {prefix: '/'}, ...to('a')}]}, rpc('s'))).toBe('404')
    expect(
      answer(
        {
          protocol: 'dubbo',
          domains: [
            {name: 'x', domains: ['x']},
            {name: 'v', domains: ['*']},
          ],
        },
        rpc('s'),
      ),
    ).toBe('404')
  })

  it('shows its attachments to routes of listeners named for Dubbo alone', () => {
    expect(answer({protocol: 'dubbo', routers}, rpc('s', [['gray', '1']]))).toBe('404')
    const own = {name: 'egress_dubbo', address: '127.0.0.1:80', bind_port: true, filter_chains: [chain('r', 'dubbo')]}
    expect(answer({routers, listeners: {egress_dubbo: own}}, rpc('s', [['gray', '1']]))).toBe('v a')
  })

  it('of bolt shows its headers', () => {
    const request: MosnRequest = {...rpc('s', [['gray', '1']]), protocol: 'bolt'}
    expect(answer({protocol: 'bolt', routers}, request)).toBe('v a')
  })

  it('is not decided where the listener speaks another protocol', () => {
    expect(only(matchMosn(mosn({protocol: 'bolt', routers}), rpc('s'))).outcome.kind).toBe('unknown')
  })
})

describe('the request that is sent on', () => {
  const sent = (route: unknown, request: MosnRequest) =>
    only(matchMosn(mosn({routers: [{match: {prefix: '/p'}, route: {cluster_name: 'a', ...Object(route)}}]}), request))
      .rewritten

  it('has another prefix', () => {
    expect(sent({prefix_rewrite: '/new'}, get('/p/x?q'))).toEqual({authority: null, path: '/new/x?q'})
  })

  it('is rewritten by a regex where there is no prefix', () => {
    const regex_rewrite = {pattern: {regex: '^/p/(\\w+)'}, substitution: '/$1'}
    expect(sent({regex_rewrite}, get('/p/x'))).toEqual({authority: null, path: '/x'})
    expect(sent({regex_rewrite, prefix_rewrite: '/n'}, get('/p/x'))?.path).toBe('/n/x')
  })

  it('has another host', () => {
    expect(sent({host_rewrite: 'n.x'}, get('/p'))).toEqual({authority: 'n.x', path: null})
    expect(sent({auto_host_rewrite_header: 'x-h'}, get('/p', {headers: [['X-H', 'm.x']]}))?.authority).toBe('m.x')
  })

  it('has its host in lower case', () => {
    expect(sent({}, get('/p', {host: 'Up.Case'}))).toEqual({authority: 'up.case', path: null})
  })
})
