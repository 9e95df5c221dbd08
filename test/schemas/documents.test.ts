import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import {beforeAll, describe, expect, test} from 'vitest'
import {root, sidetrace} from '../setup/run-bin.js'

const folder = join(root, 'schemas')

/** Readers take members that they do not know; here each must be written down, so that the schemas keep up. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.entries(schema).map(([name, inner]: [string, unknown]) => [name, closed(inner)])
  const copy: object = Object.fromEntries(members)
  const isObject = 'properties' in schema && 'type' in schema && schema.type === 'object'
  return isObject ? {...copy, unevaluatedProperties: false} : copy
}

const schemas = readdirSync(folder).map((file): [string, object] => [
  file,
  JSON.parse(readFileSync(join(folder, file), 'utf8')),
])

/** Errors of `document` against the schema of its kind. */
function errorsOf(document: unknown, file: string, strict: boolean): string[] {
  const ajv = new Ajv2020({allErrors: true, allowUnionTypes: true, strict: true})
  for (const [, schema] of schemas) ajv.addSchema(strict ? Object(closed(schema)) : schema)
  const validate = ajv.getSchema(`urn:sidetrace:v1:${file.replace('.schema.json', '')}`)
  if (!validate) throw new Error(`no schema ${file}`)
  validate(document)
  return (validate.errors ?? []).map(
    ({instancePath, message, params}) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

const run = (...args: string[]): string => {
  const {exit, stdout, stderr} = sidetrace(args)
  expect([exit, stderr]).toEqual([0, ''])
  return stdout
}

const pod = ['--from', 'sample', '--pod', 'productpage']
const mosn = 'test/fixtures/mosn'
const outbound = ['--direction', 'outbound', '--dst']
const packet = ['--hook', 'path-out', '--src', '10.10.0.11', '--dst', '10.96.0.14', '--dport', '9080']

describe.each<[string, string, string[][]]>([
  [
    'Match',
    'match.schema.json',
    [
      ['match', ...pod, ...outbound, '10.96.0.14:9080', '-H', 'end-user: jason', 'http://reviews:9080/'],
      ['match', ...pod, ...outbound, '10.96.0.14:9080', 'http://reviews:9080/'],
      ['match', ...pod, ...outbound, '10.99.9.9:4444', '--protocol', 'tcp'],
      ['match', ...pod, '--direction', 'inbound', '--dst', '10.10.0.11:9080', '--tls', '--alpn', 'istio', '/'],
      ['match', ...pod, '--dst', '10.10.0.11:1', '/'],
      ['match', '-f', `${mosn}/routing/config_dump.json`, '--dst', '127.0.0.1:20100', '/w'],
      [
        'match',
        '-f',
        `${mosn}/takeover-caller/config_dump.json`,
        'dubbo://127.0.0.1:20882/com.alibaba.boot.demo.DemoService',
      ],
    ],
  ],
  [
    'WhoReaches',
    'who-reaches.schema.json',
    [
      ['routes', 'who-reaches', 'reviews', ...pod],
      ['routes', 'who-reaches', '10.10.0.15:9080', ...pod],
      ['routes', 'who-reaches', 'PassthroughCluster', ...pod],
    ],
  ],
  [
    'Shadowed',
    'shadowed.schema.json',
    [
      ['routes', 'shadowed', ...pod],
      ['routes', 'shadowed', '--from', 'sample', '--pod', 'istio-ingressgateway'],
    ],
  ],
  [
    'PacketTrace',
    'packet-trace.schema.json',
    [
      ['iptables', 'trace', ...pod, ...packet, '--uid', '1000', '--gid', '1000'],
      ['iptables', 'trace', ...pod, ...packet],
      ['iptables', 'trace', '--from', 'sample', '--pod', 'ratings', ...packet, '--uid', '1337', '--gid', '1337'],
    ],
  ],
  [
    'Trace',
    'trace.schema.json',
    [
      ['trace', '--from', 'sample'],
      ['trace', '--from', 'sample-mosn', 'caller', 'dubbo://127.0.0.1:20882/com.demo.EchoService'],
      ['trace', 'productpage', 'http://reviews:9080/reviews/0'],
      ['trace', 'productpage', 'http://ratings:9080/ratings/0'],
      ['trace', 'sleep', 'http://productpage:9080/productpage'],
      ['trace', 'legacy', 'http://reviews:9080/'],
      ['trace', 'istio-ingressgateway', 'http://productpage:9080/'],
      ['trace', 'productpage', '--tcp', 'tcp-echo:7070'],
      ['trace', 'productpage', 'http://ext.example.com:8080/'],
      ['trace', 'reviews-v3', 'http://unknown.example.com/'],
    ],
  ],
  [
    'TraceComparison',
    'trace-comparison.schema.json',
    [
      ['trace', 'productpage', 'http://reviews:9080/', '--diff', 'http://ratings:9080/'],
      ['trace', 'productpage', 'http://reviews:9080/', '--what-if', 'set-weight v1=1,v3=99'],
      ['trace', 'productpage', 'http://reviews:9080/', '--what-if', 'interception ebpf'],
      ['trace', 'reviews-v1', 'http://ratings:9080/', '--from', 'sample', '--from', 'samples/failures/mtls-off.tar.gz'],
      ['trace', 'productpage', 'http://reviews:9080/', '--diff', 'http://reviews:9080/'],
    ],
  ],
  [
    'InterceptionComparison',
    'interception.schema.json',
    [
      ['trace', 'productpage', 'http://reviews:9080/', '--compare-interception', 'all'],
      ['trace', 'sleep', '--tcp', '10.10.0.12:9080', '--compare-interception', 'captured,ebpf'],
    ],
  ],
  [
    'WhyNot',
    'why-not.schema.json',
    [
      ['trace', 'productpage', 'http://reviews:9080/reviews/0', '--why-not', 'v2'],
      ['trace', 'productpage', 'http://ratings:9080/ratings/0', '--why-not', 'ratings'],
      ['trace', 'productpage', 'http://reviews:9080/reviews/0', '--why-not', 'reviews-v1'],
      ['trace', 'productpage', 'http://reviews:9080/reviews/0', '--why-not', 'nobody'],
    ],
  ],
  [
    'Rules',
    'rules.schema.json',
    [
      ['iptables', 'show', '--from', 'sample', '--pod', 'productpage'],
      ['iptables', 'show', '--from', 'sample', '--pod', 'ratings'],
      ['iptables', 'show', '--from', 'sample', '--pod', 'details'],
      ['iptables', 'show', '--from', 'sample', '--node', 'node1'],
    ],
  ],
  [
    'EbpfOverview',
    'ebpf.schema.json',
    [
      ['ebpf', 'show', '-f', 'test/fixtures/ebpf/plain/03'],
      ['ebpf', 'show', '-f', 'test/fixtures/ebpf/cni-tc/06'],
    ],
  ],
  [
    'ProxyStatus',
    'proxy-status.schema.json',
    [
      ['proxy-status', '--from', 'sample'],
      ['proxy-status', '--from', 'test/fixtures/proxy-status/mixed'],
    ],
  ],
  [
    'RulesCheck',
    'rules-check.schema.json',
    [
      ['iptables', 'check', '--from', 'sample'],
      ['iptables', 'check', '-f', 'test/fixtures/iptables-check/rules.txt'],
      ['iptables', 'check', '-f', 'test/fixtures/iptables-check/undecided.nft'],
    ],
  ],
  ['SnapshotContents', 'snapshot-contents.schema.json', [['snapshot', 'show', '--from', 'sample']]],
  [
    'SnapshotExport',
    'snapshot-export.schema.json',
    [['snapshot', 'export', '--from', 'sample', '--section', 'health']],
  ],
])('a document of kind %s', (kind, file, commands) => {
  test.each(commands.map((args) => [args.join(' '), args] as const))('is as its schema says: %s', (_, args) => {
    const document: unknown = JSON.parse(run(...args, '-o', 'json'))
    expect(document).toMatchObject({apiVersion: 'sidetrace/v1', kind})
    expect(errorsOf(document, file, true)).toEqual([])
  })
})

describe('the document of the sample', () => {
  let document: unknown
  beforeAll(() => {
    document = JSON.parse(readFileSync(join(root, 'samples/bookinfo/snapshot.json'), 'utf8'))
  })

  test('is as its schema says', () => expect(errorsOf(document, 'snapshot.schema.json', true)).toEqual([]))

  test('may hold more than the schema knows', () => {
    const more = {...Object(document), somebodys: 'own'}
    expect(errorsOf(more, 'snapshot.schema.json', false)).toEqual([])
    expect(errorsOf(more, 'snapshot.schema.json', true)).not.toEqual([])
  })

  test('may not be of another kind', () => {
    expect(errorsOf({...Object(document), kind: 'Trace'}, 'snapshot.schema.json', false)).not.toEqual([])
  })
})

describe('a recorded trace that views are tested with', () => {
  const recorded = join(root, 'test/fixtures/trace')
  test.each(readdirSync(recorded))('is as a trace is printed: %s', (file) => {
    const document: unknown = JSON.parse(readFileSync(join(recorded, file), 'utf8'))
    expect(errorsOf(document, 'trace.schema.json', true)).toEqual([])
  })
})
