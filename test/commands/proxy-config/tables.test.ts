import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {root, sidetrace} from '../../setup/run-bin.js'

const pods = join(root, 'samples/bookinfo/pods/default')
const productpage = join(pods, readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? '')
const dump = join(productpage, 'config_dump.json')
const clusters = join(productpage, 'clusters.json')
const type = (name: string) => `type.googleapis.com/${name}`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-tables-'))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const pc = (...args: string[]) => sidetrace(['pc', ...args])
const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content))
  return path
}
const section = (name: string, lists: object) => ({'@type': type(`envoy.admin.v3.${name}`), ...lists})
const listener = (name: string, port: number, chains: object[], more: object = {}) => ({
  name,
  address: {socket_address: {address: '0.0.0.0', port_value: port}},
  filter_chains: chains,
  ...more,
})
const tcp = (cluster: string) => ({
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: {'@type': type('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'), cluster},
})

describe('a table', () => {
  it('answers to istioctl’s names of the command, from a file, a pod of a snapshot and standard input alike', () => {
    const {stdout} = pc('listener', '-f', dump)
    expect(stdout.split('\n')[0]).toMatch(/^ADDRESSES +PORT +MATCH +DESTINATION$/)
    for (const name of ['l', 'listeners']) expect(pc(name, '-f', dump).stdout).toBe(stdout)
    expect(sidetrace(['proxy-config', 'l', 'productpage', '--from', 'sample']).stdout).toBe(stdout)
    expect(sidetrace(['pc', 'l', '-f', '-'], {input: readFileSync(dump, 'utf8')}).stdout).toBe(stdout)
    expect(pc('l', '-f', file('dump.json.gz', gzipSync(readFileSync(dump)))).stdout).toBe(stdout)
  })

  it('takes flags as Go spells them', () => {
    expect(pc('l', '--verbose=false', '-f', dump).stdout.split('\n')[0]).toMatch(/PORT +TYPE$/)
    expect(pc('l', '--verbose=true', '-o=short', '-f', dump).stdout).toBe(pc('l', '-f', dump).stdout)
  })

  it('shows chains by destination in istioctl’s columns, and in their own order in ours', () => {
    const path = file('order.json', {
      configs: [
        section('ListenersConfigDump', {
          static_listeners: [
            {
              listener: listener(
                'order',
                80,
                [
                  {
                    name: 'first',
                    filter_chain_match: {source_prefix_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}]},
                    filters: [tcp('a')],
                  },
                  {name: 'second', filters: [tcp('b')]},
                ],
                {default_filter_chain: {name: 'last', filters: [tcp('BlackHoleCluster')]}},
              ),
            },
          ],
        }),
      ],
    })
    expect(pc('l', '-f', path).stdout).toBe(
      [
        'ADDRESSES PORT MATCH DESTINATION',
        '0.0.0.0   80   ALL   Non-HTTP/Non-TCP',
        '0.0.0.0   80   ALL   Cluster: b',
        '0.0.0.0   80   ALL   Cluster: a',
        '',
      ].join('\n'),
    )
    const wide = pc('l', '-f', path, '-o', 'wide').stdout.split('\n').slice(1, 4)
    expect(wide[0]).toMatch(/0 first +from 10\.0\.0\.0\/8 .*Cluster: a$/)
    expect(wide[1]).toMatch(/1 second +any .*Cluster: b$/)
    expect(wide[2]).toMatch(/default last +any .*BlackHole \(closed\)$/)
  })

  it('shows the update that Envoy rejected, and why', () => {
    const path = file('rejected.json', {
      configs: [
        section('ListenersConfigDump', {
          dynamic_listeners: [
            {
              name: 'x',
              active_state: {listener: listener('x', 80, [{filters: [tcp('a')]}])},
              error_state: {failed_configuration: listener('x', 81, []), details: 'no such filter'},
            },
          ],
        }),
      ],
    })
    expect(pc('l', '-f', path).stdout).not.toMatch(/81/)
    expect(pc('l', '-f', path, '-o', 'wide').stdout).toMatch(/REJECTED .* 81 .*no such filter/)
  })

  it('finds the chain behind another listener that serves a port', () => {
    const {stdout} = pc('l', '-f', dump, '--for-port', '9080')
    expect(stdout).toMatch(/0\.0\.0\.0 +15006 .*Addr: \*:9080/)
    expect(stdout).not.toMatch(/9081/)
  })

  it('leaves titles out when asked', () => {
    expect(pc('c', '--no-headers', '-f', dump).stdout).not.toMatch(/SERVICE FQDN/)
  })
})

describe('a filter that nothing passes', () => {
  it.each([
    [['l', '--port', '9079'], 'no listener for --port 9079; nearest: 9080'],
    [['c', '--fqdn', 'reviewz'], 'no cluster for --fqdn reviewz; nearest: reviews'],
    [['r', '--name', '908'], 'no route configuration for --name 908; nearest: 9080'],
    [['l', '--port', '9080', '--address', '10.96.0.18'], 'no listener passes all of --address 10.96.0.18 --port 9080'],
  ])('%j says so on stderr and ends well', (args, warning) => {
    const {exit, stdout, stderr} = pc(...args, '-f', dump)
    expect({exit, lines: stdout.split('\n').length}).toEqual({exit: 0, lines: 2})
    expect(stderr).toContain(warning)
  })
})

describe('endpoints', () => {
  it('come from /clusters, and from a dump that has them', () => {
    expect(pc('ep', '-f', clusters).stdout).toMatch(/^ENDPOINT +STATUS +OUTLIER CHECK +CLUSTER\n/)
    expect(pc('ep', '-f', dump).stdout).toBe(pc('eds', '-f', dump).stdout)
  })

  it('are refused from a dump without them', () => {
    const {configs} = JSON.parse(readFileSync(dump, 'utf8')) as {configs: {'@type': string}[]}
    const path = file('no-eds.json', {configs: configs.filter((one) => !one['@type'].includes('Endpoints'))})
    expect(pc('ep', '-f', path)).toMatchObject({
      exit: 65,
      stdout: '',
      stderr: expect.stringContaining('without endpoints'),
    })
  })
})

describe('a document', () => {
  it('has lowerCamelCase fields, and keys of maps and Structs as they are', () => {
    const path = file('camel.json', {
      configs: [
        section('ClustersConfigDump', {
          static_clusters: [
            {
              cluster: {
                '@type': type('envoy.config.cluster.v3.Cluster'),
                name: 'a',
                connect_timeout: '1s',
                metadata: {filter_metadata: {a_b: {c_d: [{e_f: 1}]}}},
                typed_extension_protocol_options: {
                  x_y: {'@type': type('xds.type.v3.TypedStruct'), type_url: 't', value: {g_h: 2}},
                },
              },
            },
          ],
        }),
      ],
    })
    const expected = [
      {
        name: 'a',
        connectTimeout: '1s',
        metadata: {filterMetadata: {a_b: {c_d: [{e_f: 1}]}}},
        typedExtensionProtocolOptions: {x_y: {'@type': type('xds.type.v3.TypedStruct'), typeUrl: 't', value: {g_h: 2}}},
      },
    ]
    expect(JSON.parse(pc('c', '-o', 'json', '-f', path).stdout)).toEqual(expected)
    expect(pc('c', '-o', 'yaml', '-f', path).stdout).toMatch(
      /^- connectTimeout: 1s\n {2}metadata:\n {4}filterMetadata:\n {6}a_b:/,
    )
    expect(JSON.parse(pc('c', '--jsonpath', '$[*].name', '-f', path).stdout)).toEqual(['a'])
  })

  it('has secrets replaced, unless they are asked for', () => {
    const key = Buffer.from('-----BEGIN PRIVATE KEY-----').toString('base64')
    const secret = {name: 's', tls_certificate: {private_key: {inline_bytes: key}}}
    const path = file('secret.json', {
      configs: [section('SecretsConfigDump', {dynamic_active_secrets: [{name: 's', secret}]})],
    })
    for (const command of ['secret', 'all']) {
      expect(pc(command, '-o', 'json', '-f', path).stdout).not.toContain(key)
      expect(pc(command, '-o', 'json', '--no-redact', '-f', path).stdout).toContain(key)
    }
  })

  it('of all is the dump itself, byte for byte where it holds no secret', () => {
    const text = `{ "configs":\n[${JSON.stringify(section('ListenersConfigDump', {}))}]}`
    expect(sidetrace(['pc', 'all', '-o', 'json', '-f', '-'], {input: text}).stdout).toBe(text)
  })
})

describe('log', () => {
  it.each([
    [['--level', 'http:dbug'], 'unrecognized logging level. Did you mean debug?'],
    [['--level', 'debug', '-r'], 'either --level or --reset'],
  ])('%j is refused before anything is asked', (args, message) => {
    expect(pc('log', '--admin', '127.0.0.1:1', ...args)).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })
})
