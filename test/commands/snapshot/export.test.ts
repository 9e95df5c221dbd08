import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {root, sidetrace} from '../../setup/run-bin.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-export-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const exported = (...args: string[]) => sidetrace(['snapshot', 'export', '--from', 'sample', ...args])
const json = (...args: string[]): unknown => {
  const {exit, stdout, stderr} = exported(...args)
  expect([exit, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}
const captured = (path: string): string => readFileSync(join(root, 'samples/bookinfo', path), 'utf8')
const reviews = 'pods/default/reviews-v2-6b5667f655-p9hxv'

describe('snapshot export prints', () => {
  test('the whole, JSON as JSON and the rest as text', () => {
    const whole = json()
    expect(whole).toMatchObject({
      apiVersion: 'sidetrace/v1',
      kind: 'SnapshotExport',
      snapshot: JSON.parse(captured('snapshot.json')),
    })
    expect(whole).toHaveProperty(
      ['files', `${reviews}/config_dump.json`],
      JSON.parse(captured(`${reviews}/config_dump.json`)),
    )
    expect(whole).toHaveProperty(['files', `${reviews}/iptables-save.txt`], captured(`${reviews}/iptables-save.txt`))
  })

  test('one pod with its node, and no other', () => {
    const one = json('--pod', 'deploy/reviews-v2')
    const paths = Object.keys(Object(Object(one).files))
    expect(paths).toContain('nodes/node1/iptables-save.txt')
    expect(paths.filter((path) => path.startsWith('pods/')).every((path) => path.startsWith(`${reviews}/`))).toBe(true)
    expect(Object(one).snapshot.pods).toHaveLength(1)
  })

  test.each([
    ['listeners', 'ListenersConfigDump'],
    ['clusters', 'ClustersConfigDump'],
    ['routes', 'RoutesConfigDump'],
    ['endpoints', 'EndpointsConfigDump'],
    ['secrets', 'SecretsConfigDump'],
    ['bootstrap', 'BootstrapConfigDump'],
  ])('the section %s of a pod as a dump of its own', (section, type) => {
    const types = json('--pod', 'reviews-v2', '--section', section, '--jsonpath', '$.configs[*].@type')
    expect(new Set(Object.values(Object(types)))).toContain(`type.googleapis.com/envoy.admin.v3.${type}`)
    expect(JSON.stringify(types)).not.toMatch(
      section === 'routes' ? /Listeners|Clusters/ : /RoutesConfigDump.*Routes|ScopedRoutes/,
    )
  })

  test('a section that the tables read again', () => {
    const {stdout} = exported('--pod', 'reviews-v2', '--section', 'clusters')
    const piped = sidetrace(['proxy-config', 'cluster', '-f', '-'], {input: stdout})
    const direct = sidetrace(['proxy-config', 'cluster', '-f', join('samples/bookinfo', reviews, 'config_dump.json')])
    expect(piped).toEqual(direct)
    expect(piped.exit).toBe(0)
  })

  test('a dump that is matched from standard input', () => {
    const {stdout} = exported('--pod', 'reviews-v2', '--section', 'config')
    const args = ['match', '-o', 'json', '--direction', 'outbound', '--dst', '10.96.0.14:9080', 'http://reviews:9080/']
    const {exit, stdout: answer} = sidetrace([...args, '-f', '-'], {input: stdout})
    expect(exit).toBe(0)
    expect(JSON.parse(answer)).toHaveProperty(['branches', 0, 'listener'], '0.0.0.0_9080')
  })

  test('the rules of a pod by file', () => {
    const rules = json('--pod', 'reviews-v2', '--section', 'rules')
    expect(rules).toMatchObject({'iptables-save.txt': captured(`${reviews}/iptables-save.txt`)})
  })

  test('one section of all pods', () => {
    const files = Object(json('--section', 'health')).files
    expect(Object.keys(files)).toHaveLength(8)
  })

  test('what a JSONPath selects', () => {
    const path = '$..dynamic_active_clusters[?(@.cluster.name=="InboundPassthroughCluster")].cluster.type'
    expect(json('--pod', 'reviews-v2', '--section', 'clusters', '--jsonpath', path)).toEqual(['ORIGINAL_DST'])
  })
})

describe('snapshot export writes', () => {
  test.each(['out', 'out.tar.gz'])('%s, which is a snapshot again', (name) => {
    const out = join(folder, name)
    expect(exported('--out', out)).toEqual({exit: 0, stdout: '', stderr: ''})
    const shown = (from: string) => sidetrace(['snapshot', 'show', '--from', from, '-o', 'json']).stdout
    expect(shown(out).replaceAll(out, 'sample')).toBe(shown('sample'))
  })

  test('a JSON file, the same as on standard output', () => {
    const out = join(folder, 'rules.json')
    const args = ['--pod', 'reviews-v2', '--section', 'rules']
    exported(...args, '--out', out)
    expect(readFileSync(out, 'utf8')).toBe(exported(...args).stdout)
  })

  test('over nothing that is there, unless forced', () => {
    const out = join(folder, 'rules.json')
    writeFileSync(out, 'mine')
    const args = ['--pod', 'reviews-v2', '--section', 'rules', '--out', out]
    const refused = exported(...args)
    expect([refused.exit, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('Pass --force to replace it')
    expect(readFileSync(out, 'utf8')).toBe('mine')
    expect(exported(...args, '--force').exit).toBe(0)
    expect(readFileSync(out, 'utf8')).not.toBe('mine')
  })
})

describe('snapshot export takes secrets out', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----\n'
  const dump = {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump',
        static_secrets: [{name: 'a', secret: {name: 'a', tls_certificate: {private_key: {inline_string: key}}}}],
      },
    ],
  }
  const pod = 'pods/shop/till'

  beforeEach(() => {
    const pods = [{namespace: 'shop', name: 'till', annotations: {'example.com/api-token': 'canary-annotation'}}]
    mkdirSync(join(folder, 'in', pod), {recursive: true})
    writeFileSync(
      join(folder, 'in/snapshot.json'),
      JSON.stringify({apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods}),
    )
    writeFileSync(join(folder, 'in', pod, 'config_dump.json'), JSON.stringify(dump))
    writeFileSync(join(folder, 'in', pod, 'istio-iptables.log'), 'start\nAPI_TOKEN=canary-log\n')
  })

  const take = (...args: string[]) => sidetrace(['snapshot', 'export', '--from', join(folder, 'in'), ...args])

  test('and says on standard error what and where', () => {
    const {exit, stdout, stderr} = take()
    expect(exit).toBe(0)
    expect(stdout).not.toContain('canary')
    expect(stderr).toBe(`Redacted 3 secrets:
  snapshot.json $.pods[0].annotations['example.com/api-token'] looks-secret
  ${pod}/config_dump.json $.configs[0].static_secrets[0].secret.tls_certificate.private_key.inline_string private-key
  ${pod}/istio-iptables.log line 2 looks-secret
`)
  })

  test('of folders and archives too', () => {
    for (const out of ['out', 'out.tar.gz']) {
      expect(take('--out', join(folder, out)).stderr).toContain('Redacted 3 secrets')
      const again = sidetrace(['snapshot', 'export', '--from', join(folder, out)])
      expect([again.exit, again.stderr]).toEqual([0, ''])
      expect(again.stdout).not.toContain('canary')
      expect(again.stdout).toContain('[redacted]')
    }
  })

  test('but not with --no-redact', () => {
    const {stdout, stderr} = take('--no-redact')
    expect(stderr).toBe('')
    expect(stdout).toContain('MIIcanary')
    expect(stdout).toContain('canary-log')
  })
})

describe('snapshot export refuses, with nothing on stdout and nothing written,', () => {
  const refused = (exit: number, words: RegExp, ...args: string[]) => {
    const ran = exported(...args)
    expect([ran.exit, ran.stdout]).toEqual([exit, ''])
    expect(ran.stderr).toMatch(words)
    expect(ran.stderr.split('\n')).toHaveLength(2)
    expect(readdirSync(folder)).toEqual([])
  }

  test('a pod that is not there', () =>
    refused(66, /Did you mean default\/productpage-v1-64794f5db4-8s7zq\?/, '--pod', 'produtpage'))
  test('a name of several pods', () => refused(2, /names 3 pods/, '--pod', 'reviews'))
  test('a section that there is not', () => refused(2, /is no section\. Choose one of listeners/, '--section', 'all'))
  test('a section of a pod without proxy', () =>
    refused(
      66,
      /the section listeners was not captured/,
      '--pod',
      'legacy',
      '--section',
      'listeners',
      '--out',
      join(folder, 'x'),
    ))
  test('a JSONPath for a folder', () => refused(2, /selects no files/, '--jsonpath', '$', '--out', join(folder, 'x')))
  test('a zip file', () => refused(2, /is no form that can be written/, '--out', join(folder, 'x.zip')))
  test('a JSONPath that is none', () => refused(2, /is not a JSONPath/, '--jsonpath', '$[?('))
  test('a place that cannot be written to', () => {
    refused(66, /no such file or folder/, '--out', join(folder, 'no/such/x.json'))
    expect(existsSync(join(folder, 'no'))).toBe(false)
  })
})
