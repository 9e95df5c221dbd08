import {expect, it} from 'vitest'
import {renderMatch} from '../../../src/views/text/match.js'
import type {Match, MatchBranch} from '../../../src/xds/match/result.js'

const forwarded: MatchBranch = {
  probability: 0.8,
  listener: '0.0.0.0_9080',
  filterChain: {name: null, index: 0},
  routeConfig: '9080',
  virtualHost: 'reviews:9080',
  route: {name: 'weighted', index: 1},
  virtualCluster: null,
  cluster: 'outbound|9080|v1|reviews',
  endpoints: [
    {
      address: '10.0.0.1:9080',
      probability: 1,
      health: 'HEALTHY',
      locality: null,
      priority: 0,
      transport: {kind: 'plaintext'},
      at: '$.endpoints',
    },
  ],
  rewritten: {authority: 'reviews', path: null},
  outcome: {kind: 'forwarded', status: null, responseFlags: '-', details: null},
  upstream: null,
  assumptions: [{about: 'ext_authz', assumed: 'allows', at: null, turn: '--assume ext_authz=deny'}],
  notes: [{kind: 'timeout', text: '15s', at: '$.route'}],
  steps: [
    {
      at: '$.listener',
      level: 'listener',
      decided: '0.0.0.0_9080',
      because: [{field: 'address', want: '0.0.0.0:9080', got: '10.96.0.14:9080', holds: 'yes'}],
      passedOver: [],
    },
    {
      at: '$.route',
      level: 'route',
      decided: 'weighted',
      because: [],
      passedOver: [
        {
          at: '$.other',
          name: 'jason',
          check: {field: 'header end-user', want: 'exact jason', got: '(absent)', holds: 'no'},
        },
      ],
    },
  ],
}

const denied: MatchBranch = {
  ...forwarded,
  probability: 0.2,
  endpoints: [],
  rewritten: null,
  assumptions: [],
  notes: [],
  outcome: {kind: 'responded', status: 403, responseFlags: 'UAEX', details: 'ext_authz_denied\u001b[2J'},
  steps: forwarded.steps.slice(0, 1),
}

const match: Match = {
  request: {
    direction: 'outbound',
    dst: {ip: '10.96.0.14', port: 9080},
    src: null,
    proxyProtocol: null,
    protocol: 'http1',
    tls: null,
    http: {method: 'GET', authority: 'reviews:9080', path: '/', headers: [['x-a', '1']]},
  },
  branches: [forwarded, denied],
}

const render = (detail: 'minimal' | 'summary' | 'full') => renderMatch(match, {detail, width: 80, colour: false})

it('says the answers first, then what decided, and of a second way only what differs', () => {
  expect(render('summary')).toBe(`GET http://reviews:9080/   x-a: 1
outbound to 10.96.0.14:9080

FORWARDED to outbound|9080|v1|reviews   80 %, one of 2 ways
ANSWERED with 403   20 %, one of 2 ways
  details ext_authz_denied, flags UAEX

80 % FORWARDED to outbound|9080|v1|reviews
  listener          0.0.0.0_9080   address 0.0.0.0:9080 (10.96.0.14:9080)
  route             weighted   jason: header end-user = jason: absent
  endpoint          10.0.0.1:9080, 100 %, healthy
  transport         plaintext, without an identity
  rewritten         sent on with host reviews
  note              timeout: 15s
  assumes           ext_authz: allows   (--assume ext_authz=deny)

20 % ANSWERED with 403
`)
})

it('is one stable line a way in minimal detail', () => {
  expect(render('minimal').split('\n')).toEqual([
    '0.8000 forwarded status=- flags=- details=- listener=0.0.0.0_9080 chain=0 vhost=reviews:9080 route=weighted cluster=outbound|9080|v1|reviews endpoints=10.0.0.1:9080',
    '0.2000 responded status=403 flags=UAEX details=ext_authz_denied listener=0.0.0.0_9080 chain=0 vhost=reviews:9080 route=weighted cluster=outbound|9080|v1|reviews endpoints=-',
    '',
  ])
})

it('shows each candidate and its place in full detail', () => {
  const text = render('full')
  expect(text).toContain('$.route\n')
  expect(text).toMatch(/1 no {3}jason/)
  expect(text).toMatch(/> +2 yes {2}weighted/)
})
