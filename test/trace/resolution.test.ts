import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../src/trace/mesh.js'
import {candidateNames, parseHosts, parseResolvConf} from '../../src/trace/resolver.js'
import {walk} from '../../src/trace/walk.js'
import {renderTraceText} from '../../src/views/text/trace.js'
import {nothing, withFiles} from './changed-mesh.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const sleep = 'default/sleep-5577c64d7c-wl6bf'

const resolved = (pod: string, host: string, asked: Mesh = mesh) => walk(asked, get(pod, `http://${host}/`)).resolution

describe('the names that a resolver asks for', () => {
  const kubernetes = {nameservers: [], search: ['a.svc.cluster.local', 'svc.cluster.local'], ndots: 5}

  it.each([
    ['short', ['short.a.svc.cluster.local', 'short.svc.cluster.local', 'short']],
    ['x.y', ['x.y.a.svc.cluster.local', 'x.y.svc.cluster.local', 'x.y']],
    [
      'one.two.three.four.five.six',
      [
        'one.two.three.four.five.six',
        'one.two.three.four.five.six.a.svc.cluster.local',
        'one.two.three.four.five.six.svc.cluster.local',
      ],
    ],
    ['absolute.', ['absolute']],
  ])('%s', (host, names) => expect(candidateNames(host, kubernetes)).toEqual(names))

  it('are the name itself among its extensions, first where it has dots enough', () =>
    fc.assert(
      fc.property(fc.domain(), fc.array(fc.domain(), {maxLength: 4}), fc.nat(6), (host, search, ndots) => {
        const names = candidateNames(host, {nameservers: [], search, ndots})
        expect(names).toHaveLength(search.length + 1)
        const first = host.split('.').length - 1 >= ndots
        expect(names[first ? 0 : search.length]).toBe(host)
      }),
    ))
})

describe('files of the resolver', () => {
  it('reads resolv.conf: of several search lines the last holds, comments do not count', () => {
    const text =
      'search old.example\n# nameserver 9.9.9.9\nsearch A.example. b.example\nnameserver 10.96.0.10 ; first\nnameserver fd00::a\noptions edns0 ndots:5 timeout:2\n'
    expect(parseResolvConf(text)).toEqual({
      nameservers: ['10.96.0.10', 'fd00::a'],
      search: ['a.example', 'b.example'],
      ndots: 5,
    })
    expect(parseResolvConf('')).toEqual({nameservers: [], search: [], ndots: 1})
  })

  it('reads a hosts file: every address of a name, in the order of its lines', () => {
    const hosts = parseHosts('127.0.0.1 localhost  # loopback\n::1\tlocalhost ip6-localhost\n10.0.0.1 Pod alias\n')
    expect([...hosts]).toEqual([
      ['localhost', ['127.0.0.1', '::1']],
      ['ip6-localhost', ['::1']],
      ['pod', ['10.0.0.1']],
      ['alias', ['10.0.0.1']],
    ])
  })
})

describe('the name of a request', () => {
  it("is asked of Istio's DNS proxy where the rules of the pod lead DNS there", () => {
    const found = resolved(sleep, 'reviews:9080')
    expect(found).toMatchObject({
      host: 'reviews',
      found: 'reviews.default.svc.cluster.local',
      addresses: ['10.96.0.14'],
      by: 'dns proxy',
      answeredAt: {address: '127.0.0.1:15053', process: 'pilot-agent'},
    })
    expect(found?.hops).toMatchObject([{place: 'netns', crossing: 'app-to-agent', redirectedTo: '127.0.0.1:15053'}])
    expect(found?.hops[0]?.rules).toContain('nat:ISTIO_OUTPUT_DNS:rule:2')
  })

  it('goes to the DNS server through the node where no rule catches it, and names no service', () => {
    const asking = withFiles(mesh, `pods/${pods.productpage}`, {'hosts.txt': nothing})
    const found = resolved(pods.productpage, 'unknown.example.com', asking)
    expect(found).toMatchObject({by: 'dns server', answeredAt: {address: '10.96.0.10:53', process: null}})
    expect(found?.hops.map(({place}) => place)).toEqual(['netns', 'node'])
  })

  it('is not asked for where it stands in the hosts file of the pod', () => {
    const found = resolved(sleep, 'sleep-5577c64d7c-wl6bf')
    expect(found).toMatchObject({by: 'hosts file', addresses: ['10.10.0.17'], hops: []})
  })

  it('is left out where the request names an address', () => expect(resolved(sleep, '10.96.0.14:9080')).toBeUndefined())

  it('has no address where a rule of the pod drops the query, and the remedy names that rule', () => {
    const drop = '*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p udp --dport 53 -j DROP\nCOMMIT\n'
    const dropped = withFiles(mesh, `pods/${pods.productpage}`, {
      'iptables-save.txt': (rules) => `${rules.trimEnd()}\n${drop}`,
      'hosts.txt': nothing,
      'nft-ruleset.txt': nothing,
      'nft-ruleset.json': nothing,
    })
    const trace = walk(dropped, get(pods.productpage, 'http://reviews:9080/'))
    expect(trace.resolution).toMatchObject({by: null, addresses: []})
    expect(trace.branches[0]?.outcome).toMatchObject({kind: 'unreachable', details: 'name_not_resolved: reviews'})
    const text = renderTraceText(trace, {detail: 'summary', width: 100, colour: false})
    expect(text).toMatch(/because +filter:OUTPUT:rule:1 drops the DNS query/)
  })

  it('is looked for as Kubernetes has it where resolv.conf was not captured, and says so', () => {
    const without = withFiles(mesh, `pods/${pods.legacy}`, {'resolv.conf': nothing, 'hosts.txt': nothing})
    expect(resolved(pods.legacy, 'legacy:8000', without)).toMatchObject({
      found: 'legacy.legacy.svc.cluster.local',
      assumptions: [{about: `resolv.conf of ${pods.legacy}`}],
    })
  })

  it('does not exist without the search domain that would complete it', () => {
    const plain = withFiles(mesh, `pods/${sleep}`, {'resolv.conf': () => 'nameserver 10.96.0.10\n'})
    expect(resolved(sleep, 'reviews.nobody', plain)).toMatchObject({by: null, found: null, addresses: []})
  })
})

/** An outbound listener as istiod makes it for a ServiceEntry of TCP without an address. */
const madeUp = (host: string, ip: string) => ({
  name: `${ip}_7000`,
  active_state: {
    listener: {
      '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
      name: `${ip}_7000`,
      address: {socket_address: {address: ip, port_value: 7000}},
      bind_to_port: false,
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.tcp_proxy',
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
                stat_prefix: host,
                cluster: `outbound|7000||${host}`,
              },
            },
          ],
        },
      ],
    },
  },
})

function addListener(text: string, listener: object): string {
  const dump = JSON.parse(text)
  for (const section of dump.configs)
    if (section['@type'].endsWith('ListenersConfigDump')) section.dynamic_listeners.push(listener)
  return JSON.stringify(dump)
}

describe('a host without an address of its own', () => {
  const changed = () =>
    withFiles(mesh, `pods/${sleep}`, {
      'config_dump.json': (text) => addListener(text, madeUp('db.example.org', '240.240.0.7')),
    })

  it('has the one that Istio made up, from the DNS proxy, which only the Envoy knows', () => {
    const trace = walk(changed(), get(sleep, '', {url: null, tcp: {dst: 'db.example.org:7000', data: 'hi'}}))
    expect(trace.resolution).toMatchObject({by: 'dns proxy', addresses: ['240.240.0.7'], autoAllocated: true})
    expect(trace.branches[0]?.hops.find(({place}) => place === 'proxy')).toMatchObject({listener: '240.240.0.7_7000'})
    expect(renderTraceText(trace, {detail: 'summary', width: 100, colour: false})).toMatch(
      /db\.example\.org is 240\.240\.0\.7, an address that Istio made up for it/,
    )
  })

  it('leads nowhere past the Envoy, and the remedy says whose address it is', () => {
    const request = get(sleep, '', {url: null, tcp: {dst: 'db.example.org:7000', data: 'hi'}})
    const trace = walk(changed(), {...request, client: {...request.client, uid: 1337, gid: 1337}})
    // The agent's own queries are not redirected: it learns nothing of made-up addresses either.
    expect(trace.resolution).toMatchObject({by: null, addresses: []})
  })
})

describe('an Envoy with a DNS filter', () => {
  const listener = {
    name: 'dns',
    active_state: {
      listener: {
        '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
        name: 'dns',
        address: {socket_address: {protocol: 'UDP', address: '127.0.0.1', port_value: 15053}},
        udp_listener_config: {},
        listener_filters: [
          {
            name: 'envoy.filters.udp.dns_filter',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig',
              server_config: {
                inline_dns_table: {
                  virtual_domains: [
                    {name: 'www.foo.com', endpoint: {address_list: {address: ['10.0.0.1']}}},
                    {name: '*.bar.com', endpoint: {address_list: {address: ['10.0.0.3']}}},
                    {name: '*.x.bar.com', endpoint: {address_list: {address: ['10.0.0.4']}}},
                    {name: 'UPPER.baz.com', endpoint: {address_list: {address: ['10.0.0.5']}}},
                  ],
                },
              },
            },
          },
        ],
      },
    },
  }

  /** What Envoy 1.40 answered with this table. */
  it.each([
    ['www.foo.com', '10.0.0.1'],
    ['a.www.foo.com', null],
    ['foo.com', null],
    ['a.bar.com', '10.0.0.3'],
    ['a.b.bar.com', '10.0.0.3'],
    ['bar.com', null],
    ['q.x.bar.com', '10.0.0.4'],
    ['x.bar.com', '10.0.0.3'],
    ['upper.baz.com', null],
    ['nothing.example.org', null],
  ])('answers from its table: %s', (host, address) => {
    const changed = withFiles(mesh, `pods/${sleep}`, {'config_dump.json': (text) => addListener(text, listener)})
    const found = resolved(sleep, host, changed)
    expect(found?.by).toBe(address === null ? null : 'envoy')
    expect(found?.addresses).toEqual(address === null ? [] : [address])
    expect(found?.hops[0]).toMatchObject({crossing: 'app-to-proxy'})
  })
})
