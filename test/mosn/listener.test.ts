import {describe, expect, it} from 'vitest'
import {matchMosn} from '../../src/mosn/match/match.js'
import type {MosnRequest} from '../../src/mosn/match/request.js'
import {parseMosnDump} from '../../src/mosn/parse/dump.js'
import {readJson} from './recorded-calls.js'

const chain = {filters: [{type: 'proxy', config: {router_config_name: 'r'}}]}
const listener = (name: string, address: string, more: object = {}) => ({
  name,
  address,
  filter_chains: [chain],
  ...more,
})

const config = (...listeners: object[]) => ({
  servers: [
    {
      listeners,
      routers: [
        {
          router_config_name: 'r',
          virtual_hosts: [{domains: ['*'], routers: [{match: {}, route: {cluster_name: 'o'}}]}],
        },
      ],
    },
  ],
  cluster_manager: {clusters: [{name: 'o', type: 'ORIGINAL_DST', lb_type: 'LB_ORIGINAL_DST'}]},
})

const redirecting = (more: object = {}) =>
  listener('in', '0.0.0.0:15001', {bind_port: true, use_original_dst: 'redirect', ...more})

const ask = (document: unknown, dst: string, direction: MosnRequest['direction'] = 'outbound', suppositions = {}) => {
  const [, ip = '', port = ''] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(dst) ?? []
  const request: MosnRequest = {
    direction,
    dst: {ip, port: Number(port)},
    src: null,
    protocol: 'http1',
    tls: null,
    http: {method: 'GET', authority: 'h', path: '/', headers: [['host-of', '9.9.9.9']]},
    rpc: null,
  }
  const [branch] = matchMosn(parseMosnDump(document, 'x'), request, suppositions)
  if (branch === undefined) throw new Error('no branch')
  return branch
}

describe('the listener for an original destination', () => {
  it('is the one with the exact address', () => {
    const document = config(redirecting(), listener('any', '0.0.0.0:80'), listener('own', '10.0.0.1:80'))
    expect(ask(document, '10.0.0.1:80').listener).toBe('own')
  })

  it('else the last on any address of that port', () => {
    const document = config(redirecting(), listener('first', '0.0.0.0:80'), listener('last', '0.0.0.0:80'))
    expect(ask(document, '10.0.0.1:80').listener).toBe('last')
  })

  it('is supposed to be the last of the dump where the dump has lost the order', () => {
    const dump = {
      mosn_config: {},
      listener: {in: redirecting(), a: listener('a', '0.0.0.0:80'), b: listener('b', '0.0.0.0:80')},
    }
    const {listener: name, assumptions} = ask(dump, '10.0.0.1:80')
    expect([name, assumptions.map(({about}) => about)]).toEqual([
      'b',
      ['which of a, b stands last in the configuration'],
    ])
  })

  it('else the accepting one', () => {
    expect(ask(config(redirecting(), listener('any', '0.0.0.0:80')), '10.0.0.1:81').listener).toBe('in')
  })

  it('is on 127.0.0.1 rather than on any address where the filter falls back to it', () => {
    const filters = [{type: 'original_dst', config: {fallback_to_local: true}}]
    const document = config(
      redirecting({listener_filters: filters}),
      listener('any', '0.0.0.0:80'),
      listener('local', '127.0.0.1:80'),
    )
    expect(ask(document, '10.0.0.1:80').listener).toBe('local')
  })

  it('is never one of an IPv6 address: MOSN cuts its address at the first colon', () => {
    expect(ask(config(redirecting(), listener('v6', '[fd00::1]:80')), '[fd00::1]:80').listener).toBe('in')
  })

  it('is the accepting one where SO_ORIGINAL_DST fails, and ORIGINAL_DST then has no host', () => {
    const branch = ask(config(redirecting(), listener('own', '10.0.0.1:80')), '10.0.0.1:80', 'outbound', {
      original_dst: 'unknown',
    })
    expect([branch.listener, branch.outcome.status]).toEqual(['in', 502])
  })
})

describe('a cluster that connects to the original destination', () => {
  const cluster = (more: object) => {
    const document = config(redirecting())
    document.cluster_manager.clusters = [{name: 'o', type: 'ORIGINAL_DST', lb_type: 'LB_ORIGINAL_DST', ...more}]
    return document
  }
  const hosts = (more: object) => ask(cluster(more), '10.0.0.1:81').endpoints.map(({address}) => address)

  it('goes where the connection wanted to', () => {
    expect(hosts({})).toEqual(['10.0.0.1:81'])
  })

  it('goes to the address in a header, by default Host, with port 80 where it names none', () => {
    expect(hosts({original_dst_lb_config: {use_header: true}})).toEqual(['h:80'])
    expect(hosts({original_dst_lb_config: {use_header: true, header_name: 'host-of'}})).toEqual(['9.9.9.9:80'])
    expect(hosts({original_dst_lb_config: {use_header: true, header_name: 'absent'}})).toEqual(['10.0.0.1:81'])
  })

  it('goes to this machine where it replaces the address', () => {
    expect(hosts({original_dst_lb_config: {replace_local: true}})).toEqual(['127.0.0.1:81'])
  })

  it('has no host on a listener that does not ask for the destination', () => {
    const plain = config(listener('in', '127.0.0.1:15001', {bind_port: true}))
    expect(ask(plain, '127.0.0.1:15001', 'direct').outcome.status).toBe(502)
  })

  it('loops where the redirecting listener was connected to itself', () => {
    const branch = ask(readJson('transparent/config_dump.json'), '127.0.0.1:15001', 'direct')
    expect([branch.endpoints[0]?.address, branch.notes[0]?.kind]).toEqual(['127.0.0.1:15001', 'loop'])
  })
})

describe('a connection straight to a listener', () => {
  it('needs a socket of its own', () => {
    expect(ask(config(listener('l', '0.0.0.0:80')), '10.0.0.1:80', 'direct').outcome.kind).toBe('no-listener')
  })

  it('comes to the exact address before any', () => {
    const document = config(
      listener('any', '0.0.0.0:80', {bind_port: true}),
      listener('own', '10.0.0.1:80', {bind_port: true}),
    )
    expect(ask(document, '10.0.0.1:80', 'direct').listener).toBe('own')
    expect(ask(document, '10.0.0.2:80', 'direct').listener).toBe('any')
  })
})

it.each([
  ['mosn-as-sidecar-v4', {}, [200, 200, 200, 404, 200]],
  ['mosn-as-sidecar', {original_dst: 'unknown'}, [502, 502, 502, 502, 502]],
])('predicts the calls through %s, redirected by eBPF', (folder, suppositions, codes) => {
  const dump = readJson(`${folder}/mosn_config_dump.json`)
  const calls: [string, string][] = [
    ['10.60.0.10:9080', 'h'],
    ['10.60.0.11:9080', 'h'],
    ['10.60.0.12:80', 'a.demo'],
    ['10.60.0.12:80', 'other'],
    ['10.244.2.20:7777', 'h'],
  ]
  const predicted = calls.map(([dst, host]) => {
    const [ip = '', port = ''] = dst.split(':')
    const request: MosnRequest = {
      direction: 'outbound',
      dst: {ip, port: Number(port)},
      src: null,
      protocol: 'http1',
      tls: null,
      http: {method: 'GET', authority: host, path: '/', headers: []},
      rpc: null,
    }
    const [branch] = matchMosn(parseMosnDump(dump, folder), request, suppositions)
    return branch?.outcome.kind === 'forwarded' ? 200 : branch?.outcome.status
  })
  expect(predicted).toEqual(codes)
})
