import {describe, expect, it} from 'vitest'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {connection, endpoint, envoyWith, httpNeed, shares, staticCluster} from './fixture.js'

const labelled = (address: string, labels: JsonObject, more: JsonObject = {}) =>
  endpoint(address, {metadata: {filter_metadata: {'envoy.lb': labels}}, ...more})

const hosts = [
  labelled('10.0.0.1:80', {version: '1', stage: 'prod'}),
  labelled('10.0.0.2:80', {version: '1', stage: 'test'}, {health_status: 'UNHEALTHY'}),
  labelled('10.0.0.3:80', {version: '2', stage: 'prod'}),
  labelled('10.0.0.4:80', {version: ['3', '4']}),
]

const cluster = (lb_subset_config: JsonObject, more: JsonObject = {}) =>
  envoyWith([
    staticCluster('c', [{lb_endpoints: hosts}], {
      lb_subset_config,
      common_lb_config: {healthy_panic_threshold: {}},
      ...more,
    }),
  ])

const chosen = (config: JsonObject, subset: Record<string, unknown>, more: JsonObject = {}) =>
  Object.keys(shares(cluster(config, more), 'c', {...httpNeed, subset}))

describe('a subset', () => {
  it('without a healthy host is not left for the fallback', () => {
    const config = {fallback_policy: 'ANY_ENDPOINT', subset_selectors: [{keys: ['stage']}]}
    expect(chosen(config, {stage: 'test'})).toEqual([])
    expect(chosen(config, {stage: 'none'})).toHaveLength(3)
  })

  it('takes a list as one value, or with list_as_any as each of its elements', () => {
    const config = {subset_selectors: [{keys: ['version']}]}
    expect(chosen(config, {version: '3'})).toEqual([])
    expect(chosen(config, {version: ['3', '4']})).toEqual(['10.0.0.4:80'])
    expect(chosen({...config, list_as_any: true}, {version: '4'})).toEqual(['10.0.0.4:80'])
  })

  it('with redundant keys allowed is that of the selector with the most keys, not of the first', () => {
    const selectors = [{keys: ['version']}, {keys: ['version', 'stage']}]
    const policy = {
      '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.subset.v3.Subset',
      subset_selectors: selectors,
      allow_redundant_keys: true,
      subset_lb_policy: {
        policies: [
          {
            typed_extension_config: {
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin',
              },
            },
          },
        ],
      },
    }
    const typed = {load_balancing_policy: {policies: [{typed_extension_config: {typed_config: policy}}]}}
    const asked = {version: '1', stage: 'prod', other: 'x'}
    expect(chosen({}, asked, typed)).toEqual(['10.0.0.1:80'])
    expect(chosen({subset_selectors: selectors}, asked)).toEqual([])
  })

  it('falls back to fewer keys with KEYS_SUBSET', () => {
    const selectors = [
      {keys: ['version', 'stage'], fallback_policy: 'KEYS_SUBSET', fallback_keys_subset: ['stage']},
      {keys: ['stage'], fallback_policy: 'NO_FALLBACK'},
    ]
    expect(chosen({subset_selectors: selectors}, {version: '9', stage: 'prod'})).toEqual(['10.0.0.1:80', '10.0.0.3:80'])
  })

  it('ignores the fallback of a selector whose keys an earlier selector begins with', () => {
    const any = {keys: ['stage'], fallback_policy: 'ANY_ENDPOINT'}
    const both = {keys: ['version', 'stage']}
    expect(chosen({subset_selectors: [any, both]}, {stage: 'none'})).toHaveLength(3)
    expect(chosen({subset_selectors: [both, any]}, {stage: 'none'})).toEqual([])
  })

  it('tries the criteria of a fallback list in turn, until one finds a host', () => {
    const config = {metadata_fallback_policy: 'FALLBACK_LIST', subset_selectors: [{keys: ['version']}]}
    expect(chosen(config, {version: '1', fallback_list: [{version: '9'}, {version: '2'}]})).toEqual(['10.0.0.3:80'])
    expect(chosen({subset_selectors: [{keys: ['version']}]}, {version: '1', fallback_list: [{version: '2'}]})).toEqual(
      [],
    )
  })

  it('uses all hosts where its fallback finds none and panic_mode_any is set', () => {
    const config = {
      fallback_policy: 'DEFAULT_SUBSET',
      default_subset: {stage: 'test'},
      subset_selectors: [{keys: ['stage']}],
    }
    expect(chosen(config, {})).toEqual([])
    expect(chosen({...config, panic_mode_any: true}, {})).toHaveLength(3)
  })
})

it('what a subset leaves out is explained', () => {
  const envoy = cluster({subset_selectors: [{keys: ['version']}]})
  const [choice] = chooseUpstream(envoy, 'c', {...httpNeed, subset: {version: '1'}}, connection, true)
  const endpoints = choice?.steps.find(({level}) => level === 'endpoint')
  expect(choice?.steps.find(({level}) => level === 'subset')?.decided).toBe('version=1')
  expect(endpoints?.passedOver.map(({name, check}) => [name, check.field])).toEqual([
    ['10.0.0.2:80', 'health_status'],
    ['10.0.0.3:80', 'envoy.lb'],
    ['10.0.0.4:80', 'envoy.lb'],
  ])
})
