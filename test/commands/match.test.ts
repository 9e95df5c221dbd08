import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, describe, expect, it} from 'vitest'
import {root, sidetrace} from '../setup/run-bin.js'

const folder = mkdtempSync(join(tmpdir(), 'sidetrace-match-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const productpage = join(root, 'samples/bookinfo/pods/default/productpage-v1-64794f5db4-8s7zq/config_dump.json')
const reviews = {
  direction: 'outbound',
  dst: '10.96.0.14:9080',
  src: '10.10.0.11:40000',
  http: {method: 'GET', authority: 'reviews:9080', path: '/reviews/0', headers: [['end-user', 'jason']]},
}
const lines = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

describe('sidetrace match', () => {
  it('answers for a pod of a snapshot, whose names it knows', () => {
    const {exit, stdout, stderr} = sidetrace([
      ...['match', '--from', 'sample', '--pod', 'productpage', '--direction', 'outbound', '-o', 'json'],
      ...['http://reviews:9080/reviews/0', '-H', 'end-user: jason'],
    ])
    expect([exit, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      apiVersion: 'sidetrace/v1',
      kind: 'Match',
      request: {dst: '10.96.0.14:9080', http: {authority: 'reviews:9080'}},
      branches: [
        {
          probability: 1,
          listener: '0.0.0.0_9080',
          virtualHost: 'reviews.default.svc.cluster.local:9080',
          route: {name: 'jason', index: 0},
          cluster: 'outbound|9080|v2|reviews.default.svc.cluster.local',
          endpoints: [{address: '10.10.0.15:9080', probability: 1, health: 'HEALTHY'}],
          outcome: {kind: 'forwarded', status: null, responseFlags: '-', details: null},
        },
      ],
    })
  })

  it('reads a gzipped dump, and one from standard input', () => {
    const packed = file('dump.json.gz', gzipSync(readFileSync(productpage)))
    const ask = ['--direction', 'outbound', '--dst', '10.96.0.20:7070', '--detail', 'minimal']
    const fromFile = sidetrace(['match', '-f', packed, ...ask])
    const fromInput = sidetrace(['match', '-f', '-', ...ask], {input: readFileSync(productpage, 'utf8')})
    expect(fromFile.stdout).toContain('cluster=outbound|7070||tcp-echo.default.svc.cluster.local')
    expect(fromInput.stdout).toBe(fromFile.stdout)
  })

  it('selects by JSONPath', () => {
    const args = ['match', '-f', productpage, '--direction', 'outbound', '--dst', '10.96.0.20:7070', '-o', 'json']
    const {stdout} = sidetrace([...args, '--jsonpath', '$.branches[*].listener'])
    expect(JSON.parse(stdout)).toEqual(['10.96.0.20_7070'])
  })

  it('sends Host as curl does: the URL’s, else the address, and none where it is left out', () => {
    const authority = (...args: string[]): unknown => {
      const {stdout} = sidetrace(['match', '-f', productpage, '--dst', '10.0.0.1:80', '-o', 'json', ...args])
      return JSON.parse(stdout).request.http.authority
    }
    expect(authority('http://a.com/')).toBe('a.com')
    expect(authority('/')).toBe('10.0.0.1:80')
    expect(authority('/', '-H', 'host: b.com')).toBe('b.com')
    expect(authority('/', '-H', 'Host:')).toBeNull()
  })

  it('turns assumptions', () => {
    const rules = {
      policies: {p: {permissions: [{any: true}], principals: [{filter_state: {key: 'k', string_match: {exact: 'v'}}}]}},
    }
    const type = (name: string) => ({'@type': `type.googleapis.com/${name}`})
    const filters = [
      {name: 'rbac', typed_config: {...type('envoy.extensions.filters.network.rbac.v3.RBAC'), rules}},
      {name: 'echo', typed_config: type('envoy.extensions.filters.network.echo.v3.Echo')},
    ]
    const listener = {
      name: 'l',
      address: {socket_address: {address: '0.0.0.0', port_value: 80}},
      filter_chains: [{filters}],
    }
    const section = {...type('envoy.admin.v3.ListenersConfigDump'), static_listeners: [{listener}]}
    const dump = file('assume.json', JSON.stringify({configs: [section]}))
    const ask = ['match', '-f', dump, '--dst', '10.0.0.1:80', '--detail', 'minimal']
    expect(sidetrace(ask).stdout).toContain('reset')
    expect(sidetrace([...ask, '--assume', 'filter_state:k=v']).stdout).toContain('responded')
    expect(sidetrace([...ask, '--assume', 'rbac:p=yes']).stdout).toContain('responded')
  })
})

describe('a batch', () => {
  it('is answered line by line, in order, with ids and without steps', () => {
    const batch = file(
      'batch.jsonl',
      `${JSON.stringify({...reviews, id: 'a'})}\n\n${JSON.stringify({...reviews, id: 'b', http: null})}\n`,
    )
    const {exit, stdout} = sidetrace(['match', '-f', productpage, '--batch', batch, '-o', 'jsonl'])
    expect(exit).toBe(0)
    expect(lines(stdout)).toMatchObject([
      {id: 'a', branches: [{route: {name: 'jason'}, steps: []}]},
      {id: 'b', branches: [{listener: '0.0.0.0_9080', steps: []}]},
    ])
  })

  it('carries steps in full detail, and says the same as a single question', () => {
    const batch = file('one.jsonl', JSON.stringify(reviews))
    const {stdout} = sidetrace(['match', '-f', productpage, '--batch', batch, '-o', 'jsonl', '--detail', 'full'])
    const single = sidetrace([
      ...[
        'match',
        '-f',
        productpage,
        '--direction',
        'outbound',
        '--dst',
        '10.96.0.14:9080',
        '--src',
        '10.10.0.11:40000',
      ],
      ...['-o', 'json', 'http://reviews:9080/reviews/0', '-H', 'end-user: jason'],
    ])
    const [document] = lines(stdout)
    expect(document).toEqual(JSON.parse(single.stdout))
    expect(document).toMatchObject({
      branches: [{steps: expect.arrayContaining([expect.objectContaining({level: 'route'})])}],
    })
  })

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'the line is no object'],
    ['{"dst":"reviews:9080"}', 'dst is no IP:PORT'],
    ['{"dst":"10.0.0.1:80","protocol":"udp"}', 'protocol is none of'],
    ['{"dst":"10.0.0.1:80","protocol":"tcp","http":{}}', 'protocol is not tcp where "http" is asked'],
    ['{"dst":"10.0.0.1:80","http":{"headers":[["a","b"],["c"]]}}', 'http.headers[1] is no [name, value]'],
    ['{"dst":"10.0.0.1:80","tls":{"alpn":[1]}}', 'tls.alpn[0] is no text'],
  ])('with the bad line %s is refused with its number', (bad, what) => {
    const batch = file('bad.jsonl', `${JSON.stringify(reviews)}\n${bad}\n`)
    const {exit, stderr} = sidetrace(['match', '-f', productpage, '--batch', batch, '-o', 'jsonl'])
    expect(exit).toBe(65)
    expect(stderr).toMatch(/^Error: .*bad\.jsonl, line 2: .*\n$/)
    expect(stderr).toContain(what)
  })
})

describe('what is no config dump', () => {
  it.each([
    ['', 'is empty'],
    ['<!DOCTYPE html><html></html>', 'is an HTML page'],
    ['{"configs": [', 'broken JSON'],
    ['*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n', 'is iptables-save output'],
    ['{"cluster_statuses":[]}', 'is the answer of /clusters'],
    ['{"configs":{}}', 'is not a config dump'],
  ])('is refused in one line: %s', (content, what) => {
    const {exit, stdout, stderr} = sidetrace(['match', '-f', file('other', content), '--dst', '10.0.0.1:80'])
    expect([exit, stdout]).toEqual([65, ''])
    expect(stderr).toMatch(/^Error: .*\n$/)
    expect(stderr).toContain(what)
  })

  it('is missing: exit 66', () => {
    const {exit, stderr} = sidetrace(['match', '-f', join(folder, 'none.json'), '--dst', '10.0.0.1:80'])
    expect(exit).toBe(66)
    expect(stderr).toContain('no such file')
  })
})

describe('wrong usage', () => {
  it.each([
    [['-f', productpage], 'no destination'],
    [['-f', productpage, 'http://reviews:9080/'], 'cannot be looked up here'],
    [['-f', productpage, '--dst', 'reviews:80'], 'is no IP:PORT'],
    [['--dst', '10.0.0.1:80'], 'no Envoy is named'],
    [['-f', productpage, '--dst', '10.0.0.1:80', '-H', 'nonsense', '/'], "is no 'name: value'"],
    [['-f', productpage, '--dst', '10.0.0.1:80', '--protocol', 'tcp', '/'], 'asks for HTTP'],
    [['-f', productpage, '--dst', '10.0.0.1:80', '--proxy-protocol', '1.1.1.1:1'], 'is no IP:PORT,IP:PORT'],
  ])('of %j is said, exit 2', (args, what) => {
    const {exit, stdout, stderr} = sidetrace(['match', ...args])
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain(what)
  })
})
