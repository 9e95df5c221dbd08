import {describe, expect, it} from 'vitest'
import {chooseHosts} from '../../src/mosn/match/host.js'
import {parseMosnDump} from '../../src/mosn/parse/dump.js'

const labelled = (address: string, labels: Record<string, string>, weight = 1) => ({
  address,
  weight,
  metadata: {filter_metadata: {'mosn.lb': labels}},
})
const hosts = [
  labelled('1:1', {version: 'v1', zone: 'g'}, 3),
  labelled('2:1', {version: 'v1'}),
  labelled('3:1', {version: 'v2', zone: 'g'}),
]

function shares(cluster: object, criteria: [string, string][] = []) {
  const [read] = parseMosnDump({name: 'c', lb_type: 'LB_ROUNDROBIN', hosts, ...cluster}, 'x').clusters
  if (read === undefined) throw new Error('no cluster')
  const choice = chooseHosts(read, {criteria, originalDestination: null, request: null})
  return {...choice, addresses: choice.shares.map(({address}) => address)}
}

const selectors = (fall_back_policy: number, more: object = {}) => ({
  lb_subset_config: {subset_selectors: [['version'], ['zone', 'version']], fall_back_policy, ...more},
})

describe('a subset of MOSN', () => {
  it.each<[string, number, [string, string][], string[]]>([
    ['has the hosts with the label', 0, [['version', 'v1']], ['1:1', '2:1']],
    [
      'has those with all labels',
      0,
      [
        ['version', 'v1'],
        ['zone', 'g'],
      ],
      ['1:1'],
    ],
    ['is none where no selector has those keys', 0, [['zone', 'g']], []],
    ['falls back to none', 0, [['version', 'v9']], []],
    ['falls back to any', 1, [['version', 'v9']], ['1:1', '2:1', '3:1']],
    ['falls back to the default subset', 2, [['version', 'v9']], ['3:1']],
    ['is all hosts where nothing is asked, whatever the fallback', 0, [], ['1:1', '2:1', '3:1']],
  ])('%s', (_, fallback, criteria, addresses) => {
    expect(shares(selectors(fallback, {default_subset: {version: 'v2'}}), criteria).addresses).toEqual(addresses)
  })

  it('is not looked at without selectors', () => {
    expect(shares({lb_subset_config: {fall_back_policy: 0}}, [['version', 'v9']]).addresses).toHaveLength(3)
  })
})

describe('the hosts of a cluster', () => {
  it('are taken alike by round robin and random, whatever their weight', () => {
    for (const lb_type of ['LB_ROUNDROBIN', 'LB_RANDOM', '', 'LB_OF_ANOTHER_BUILD'])
      expect(shares({lb_type}).shares.map(({probability}) => probability)).toEqual([1 / 3, 1 / 3, 1 / 3])
  })

  it('are taken by weight where the type says so', () => {
    expect(shares({lb_type: 'LB_WEIGHTED_ROUNDROBIN'}).shares.map(({probability}) => probability)).toEqual([
      0.6, 0.2, 0.2,
    ])
  })

  it('begin at the first for each request where the type says so', () => {
    expect(shares({lb_type: 'LB_REQUEST_ROUNDROBIN'}).addresses).toEqual(['1:1'])
  })

  it('have a health that the dump does not tell where they are checked', () => {
    const checked = shares({health_check: {protocol: 'Http1', service_name: 's'}})
    expect([checked.shares[0]?.health, checked.assumptions.length]).toEqual(['UNKNOWN', 1])
    expect(shares({health_check: {protocol: 'Http1'}}).shares[0]?.health).toBe('HEALTHY')
  })
})
