import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {root, sidetrace} from '../setup/run-bin.js'

const dump = (name: string): string => `test/fixtures/mosn/${name}/config_dump.json`

describe('match on a dump of a MOSN', () => {
  it('says where a Dubbo call goes and why', () => {
    const call = ['--protocol', 'dubbo', '--service', 'com.alibaba.boot.demo.DemoService', '--method', 'sayHello']
    const {exit, stdout, stderr} = sidetrace([
      'match',
      '-f',
      dump('takeover-caller'),
      ...call,
      '--dst',
      '127.0.0.1:20882',
    ])
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain('dubbo com.alibaba.boot.demo.DemoService.sayHello\n')
    expect(stdout).toContain('FORWARDED to outbound|dubbo|DemoService   certain')
    expect(stdout).toContain('endpoint          1.2.3.4:20881, 100 %, healthy')
  })

  it('gives shares of a weighted route as a range', () => {
    const {stdout} = sidetrace(['match', '-f', dump('routing'), '--dst', '127.0.0.1:20100', '/zero'])
    expect(stdout).toContain('FORWARDED to B   0.1 % (0 % to 1 %, by the order of a Go map), one of 2 ways')
  })

  it('answers a batch of requests of several protocols', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sidetrace-')), 'batch.jsonl')
    const lines = [
      {id: '1', dst: '127.0.0.1:20882', protocol: 'dubbo', rpc: {service: 'com.alibaba.boot.demo.DemoService'}},
      {id: '2', dst: '127.0.0.1:20892', http: {authority: 'x', path: '/hello'}},
    ]
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
    const {stdout} = sidetrace(['match', '-f', dump('takeover-caller'), '--batch', file, '-o', 'jsonl'])
    const clusters = stdout
      .trim()
      .split('\n')
      .map((line) => {
        const answer: unknown = JSON.parse(line)
        return JSON.stringify(answer).match(/"cluster":"([^"]+)"/)?.[1]
      })
    expect(clusters).toEqual(['outbound|dubbo|DemoService', 'outbound|http|demo'])
  })

  it('is refused where the request is none', () => {
    const {exit, stderr} = sidetrace([
      'match',
      '-f',
      dump('takeover-caller'),
      '--protocol',
      'dubbo',
      '--dst',
      '1.1.1.1:1',
    ])
    expect([exit, stderr]).toEqual([2, expect.stringContaining('asks for no service')])
  })

  it('takes Dubbo for a MOSN alone', () => {
    const call = ['--protocol', 'dubbo', '--service', 's', '--dst', '1.1.1.1:1']
    const {exit, stderr} = sidetrace(['match', '--from', 'sample', '--pod', 'productpage', ...call])
    expect([exit, stderr]).toEqual([2, expect.stringContaining('is what a MOSN is asked for')])
  })
})

describe('pc on a dump of a MOSN', () => {
  it.each([
    ['listener', 'ADDRESSES  PORT  MATCH DESTINATION\n0.0.0.0    80    ALL   Route: any80_router\n'],
    ['cluster', 'PassthroughCluster     -        -          -             ORIGINAL_DST'],
    ['route', 'any80_router           a.demo:80      a.demo, a.demo:80     /*'],
    ['endpoint', '127.0.0.1:18080     HEALTHY     -                 c80a'],
  ])('lists as %s what it lists of an Envoy', (resource, text) => {
    const {exit, stdout, stderr} = sidetrace(['pc', resource, '-f', dump('transparent')])
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain(text)
  })

  it.each([
    ['listener', 'USE ORIGINAL DST'],
    ['cluster', 'LB TYPE'],
    ['route', 'KIND'],
    ['endpoint', 'WEIGHT'],
  ])('shows what MOSN alone has of a %s in -o wide', (resource, title) => {
    expect(sidetrace(['pc', resource, '-f', dump('transparent'), '-o', 'wide']).stdout).toContain(title)
  })

  it.each(['listener', 'cluster', 'route', 'endpoint'])('prints each %s as MOSN wrote it', (resource) => {
    const document: unknown = JSON.parse(sidetrace(['pc', resource, '-f', dump('routing'), '-o', 'json']).stdout)
    const whole: unknown = JSON.parse(readFileSync(join(root, dump('routing')), 'utf8'))
    const raw = JSON.stringify(whole)
    if (!Array.isArray(document) || document.length === 0) throw new Error('no list')
    for (const item of document) expect(raw).toContain(JSON.stringify(item))
  })

  it('is filtered, and says why nothing is left', () => {
    const {stdout, stderr} = sidetrace(['pc', 'listener', '-f', dump('transparent'), '--port', '81'])
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stderr).toContain('no listener for --port 81; nearest: 80')
  })

  it('tells MOSN’s answer to an unknown name', () => {
    const {exit, stderr} = sidetrace([
      'pc',
      'cluster',
      '-f',
      'test/fixtures/mosn/routing/config_dump-cluster-unknown.json',
    ])
    expect([exit, stderr]).toEqual([65, expect.stringContaining('a name that it does not know')])
  })

  it('shows all of it, and prints it byte by byte', () => {
    const {exit, stdout} = sidetrace(['pc', 'all', 'caller', '--from', 'sample-mosn', '--with-headers'])
    expect(exit).toBe(0)
    expect(stdout.match(/(?<=------ )\w+/g)).toEqual(['CLUSTER', 'LISTENER', 'ROUTE', 'ENDPOINTS'])
    const whole = sidetrace(['pc', 'all', '-f', dump('routing'), '-o', 'json']).stdout
    expect(whole).toBe(readFileSync(join(root, dump('routing')), 'utf8'))
  })

  it('says of a pod with a MOSN which tables there are', () => {
    const {exit, stderr} = sidetrace(['pc', 'bootstrap', 'caller', '--from', 'sample-mosn'])
    expect([exit, stderr]).toEqual([65, expect.stringContaining('default/caller: has a MOSN and no Envoy')])
  })

  it('leaves other sections to Envoy', () => {
    const {exit, stderr} = sidetrace(['pc', 'secret', '-f', dump('routing')])
    expect([exit, stderr]).toEqual([65, expect.stringContaining('is a dump of a MOSN proxy')])
  })
})
