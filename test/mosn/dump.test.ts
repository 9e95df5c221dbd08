import {describe, expect, it} from 'vitest'
import {DataError} from '../../src/errors.js'
import {parseMosnDump} from '../../src/mosn/parse/dump.js'
import {mosnDocumentKind} from '../../src/mosn/parse/shape.js'
import {readState, readStatistics} from '../../src/mosn/parse/stats.js'
import {readJson} from './recorded-calls.js'

describe('a document of MOSN', () => {
  it.each([
    ['config_dump.json', 'config_dump'],
    ['mosn.json', 'configuration'],
    ['config_dump-mosnconfig.json', 'configuration'],
    ['config_dump-alllisteners.json', 'listeners'],
    ['config_dump-allrouters.json', 'routers'],
    ['config_dump-allclusters.json', 'clusters'],
    ['config_dump-listener.json', 'listener'],
    ['config_dump-router.json', 'router'],
    ['config_dump-cluster.json', 'cluster'],
  ])('is recognised by its shape: %s is %s', (file, kind) => {
    expect(mosnDocumentKind(readJson(`routing/${file}`))).toBe(kind)
  })

  it.each([
    ['an Envoy dump', {configs: []}],
    ['an empty object', {}],
    ['a list', []],
    ['statistics', {downstream: {}, upstream: {}}],
    ['other JSON', {name: 'x'}],
  ])('is not what %s is', (_, document) => {
    expect(mosnDocumentKind(document)).toBeNull()
  })

  it('has the same resources in its parts as in the whole', () => {
    const whole = parseMosnDump(readJson('routing/config_dump.json'), 'x')
    const names = (items: readonly {name: string}[]) => items.map(({name}) => name)
    for (const [file, member] of [
      ['alllisteners', 'listeners'],
      ['allrouters', 'routers'],
      ['allclusters', 'clusters'],
    ] as const)
      expect(names(parseMosnDump(readJson(`routing/config_dump-${file}.json`), 'x')[member])).toEqual(
        names(whole[member]),
      )
  })

  it('keeps the order of lists in a configuration file alone', () => {
    expect(parseMosnDump(readJson('routing/mosn.json'), 'x').ordered).toBe(true)
    expect(parseMosnDump(readJson('routing/config_dump.json'), 'x').ordered).toBe(false)
  })

  it('that is the answer to an unknown name is refused, as MOSN answers 200 to it', () => {
    expect(() => parseMosnDump(readJson('routing/config_dump-cluster-unknown.json'), 'x')).toThrow(DataError)
    expect(() => parseMosnDump(readJson('routing/config_dump-router-unknown.json'), 'x')).toThrow(DataError)
  })

  it('says which listeners MOSN refuses', () => {
    const listener = {name: 'two', address: '0.0.0.0:1', filter_chains: [{}, {}]}
    expect(parseMosnDump({mosn_config: {}, listener: {two: listener}}, 'x').warnings).toEqual([
      'listener two has 2 filter chains: MOSN takes a listener with exactly one',
    ])
  })

  it('knows hosts that another cluster checks: health is kept by address', () => {
    const hosts = [{address: '1.1.1.1:1'}, {address: '1.1.1.1:2'}]
    const checking = {name: 'a', hosts: [{address: '1.1.1.1:1'}], health_check: {service_name: 'a'}}
    const {clusters} = parseMosnDump({mosn_config: {}, cluster: {a: checking, b: {name: 'b', hosts}}}, 'x')
    expect(clusters.map((cluster) => cluster.hosts.map(({isChecked}) => isChecked))).toEqual([[true], [true, false]])
  })

  it('clips weights of hosts to 1 and 128, as MOSN does', () => {
    const hosts = [0, 1, 200].map((weight) => ({address: '1.1.1.1:1', weight}))
    const {clusters} = parseMosnDump({name: 'c', lb_type: 'LB_RANDOM', hosts}, 'x')
    expect(clusters[0]?.hosts.map(({weight}) => weight)).toEqual([1, 1, 128])
  })
})

describe('the statistics of MOSN', () => {
  it('are numbers written as texts', () => {
    const statistics = readStatistics(readJson('routing/stats.json'))
    expect(statistics?.host('A', '127.0.0.1:18081')?.requests).toBeGreaterThan(0)
    expect(statistics?.host('S', '127.0.0.1:1')).toBeNull()
    expect(statistics?.healthyHosts('S')).toBeNull()
  })

  it('count the healthy hosts under the name that the check has', () => {
    const counted = {upstream: {}, healthcheck: {'service.echo': {attempt: '9', healty: '1'}}}
    expect(readStatistics(counted)?.healthyHosts('echo')).toBe(1)
  })

  it('tell the state by its number', () => {
    expect(readState('pid=17876&state=6')).toBe('Running')
    expect(readState('supported APIs:')).toBeNull()
  })
})
