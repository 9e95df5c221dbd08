import {describe, expect, it} from 'vitest'
import {DataError} from '../../../src/errors.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {whoReaches} from '../../../src/xds/search/who-reaches.js'
import {endpoint, staticCluster} from '../clusters/fixture.js'
import {chainOf, envoyOf} from './fixture.js'

const labelled = (address: string, version: string) =>
  endpoint(address, {metadata: {filter_metadata: {'envoy.lb': {version}}}})

const clusters: JsonObject[] = [
  staticCluster('one', [{lb_endpoints: [labelled('10.1.0.1:80', 'v1'), labelled('10.1.0.2:80', 'v2')]}], {
    lb_subset_config: {fallback_policy: 'ANY_ENDPOINT', subset_selectors: [{keys: ['version']}]},
  }),
  staticCluster('two', [{lb_endpoints: [endpoint('10.1.0.3:80')]}]),
  {name: 'pass', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED'},
]

const version = (text: string) => ({metadata_match: {filter_metadata: {'envoy.lb': {version: text}}}})

const routes: JsonObject[] = [
  {
    name: 'v2',
    match: {prefix: '/', headers: [{name: 'user', string_match: {exact: 'jason'}}]},
    route: {cluster: 'one', ...version('v2')},
  },
  {name: 'named', match: {prefix: '/named'}, route: {cluster_header: 'x-cluster'}},
  {
    name: 'split',
    match: {prefix: '/s'},
    route: {
      weighted_clusters: {
        clusters: [
          {name: 'one', weight: 1},
          {name: 'two', weight: 3},
          {name: 'gone', weight: 0},
        ],
      },
      request_mirror_policies: [{cluster: 'two'}],
    },
  },
  {name: 'late', match: {prefix: '/s/late'}, route: {cluster: 'two'}},
  {name: 'pass', match: {prefix: '/'}, route: {cluster: 'pass'}},
]

const envoy = envoyOf([chainOf([{name: 'v', domains: ['a.com'], routes}])], clusters)
const ways = (target: string) =>
  whoReaches(envoy, target).ways.map((way) => [way.path.at(-1), way.how, way.share, way.endpointShare, way.reachable])

describe('who reaches', () => {
  it('a cluster: routes by name, by weight, by header and as a copy, and the late one not at all', () => {
    expect(ways('two')).toEqual([
      ['route 1 (named)', 'cluster_header', null, null, 'yes'],
      ['route 2 (split)', 'weighted', 0.75, null, 'yes'],
      ['route 2 (split)', 'mirror', null, null, 'yes'],
      ['route 3 (late)', 'cluster', 1, null, 'no'],
    ])
  })

  it('an endpoint: with its part of the cluster', () => {
    expect(ways('10.1.0.2:80')).toEqual([
      ['route 0 (v2)', 'cluster', 1, 1, 'yes'],
      ['route 2 (split)', 'weighted', 0.25, 0.5, 'yes'],
    ])
  })

  it('a subset: by the labels of the endpoints', () => {
    expect(ways('version=v1')).toEqual([['route 2 (split)', 'weighted', 0.25, 0.5, 'yes']])
  })

  it('tells what a request has to be like, and gives one', () => {
    const [way] = whoReaches(envoy, '10.1.0.2:80').ways
    expect(way?.demands).toEqual([
      {field: 'domains', want: 'a.com'},
      {field: 'path', want: 'prefix /'},
      {field: 'header user', want: 'exact jason'},
    ])
    expect(way?.example).toMatchObject({authority: 'a.com', headers: [['user', 'jason']]})
  })

  it('something unknown is refused', () => {
    expect(() => whoReaches(envoy, 'nobody')).toThrow(DataError)
  })
})
