import {expect, it} from 'vitest'
import {renderShadowed, renderWhoReaches} from '../../src/views/text/routes.js'
import type {Way} from '../../src/xds/search/who-reaches.js'

const way: Way = {
  path: ['route config 9080', 'virtual host reviews', 'route 0 (jason)'],
  at: '$.routes[0]',
  entrances: [{listener: '0.0.0.0_9080', filterChain: {name: null, index: 0}}],
  cluster: 'reviews v2',
  how: 'weighted',
  share: 0.8,
  endpointShare: null,
  demands: [
    {field: 'domains', want: 'reviews'},
    {field: 'header end-user', want: 'exact jason'},
  ],
  reachable: 'yes',
  reason: null,
  takenBy: [],
  filters: null,
  example: {method: 'GET', authority: 'reviews', path: '/', headers: [['end-user', 'jason']]},
}

it('a way is told with its share, its demands and an example', () => {
  expect(renderWhoReaches({target: {kind: 'cluster', text: 'v2', clusters: ['reviews v2']}, ways: [way]})).toBe(
    `1 way to cluster v2

route config 9080 > virtual host reviews > route 0 (jason)
  at          $.routes[0]
  from        0.0.0.0_9080 (filter chain 0)
  to          reviews v2, by weight
  share       80 % of its requests
  if          domains: reviews
              header end-user: exact jason
  for example GET reviews /, end-user: jason
`,
  )
})

it('a way that nothing takes is told with what takes its requests, without terminal escapes', () => {
  const lost: Way = {
    ...way,
    reachable: 'no',
    reason: 'taken by routes before it',
    example: null,
    takenBy: [{path: ['route 0 \u001b[31m(all)'], at: '$'}],
  }
  const text = renderWhoReaches({target: {kind: 'cluster', text: 'v2', clusters: []}, ways: [lost]})
  expect(text).toContain('  unreachable taken by routes before it\n  taken by    route 0 (all)\n')
})

it('nothing found is said in a sentence', () => {
  expect(renderShadowed([])).toBe('Everything can be reached.\n')
  expect(renderWhoReaches({target: {kind: 'endpoint', text: '10.0.0.1:80', clusters: []}, ways: []})).toBe(
    'Nothing sends to endpoint 10.0.0.1:80.\n',
  )
})
