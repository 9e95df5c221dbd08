import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {matchMosn} from '../../src/mosn/match/match.js'
import type {MosnRequest} from '../../src/mosn/match/request.js'
import {parseMosnDump} from '../../src/mosn/parse/dump.js'
import {fixtures} from './recorded-calls.js'

const request: MosnRequest = {
  direction: 'direct',
  dst: {ip: '127.0.0.1', port: 80},
  src: null,
  protocol: 'http1',
  tls: null,
  http: {method: 'GET', authority: 'h', path: '/', headers: []},
  rpc: null,
}

/** What a route with these weighted clusters does; `more` are other members of its action. */
function draw(weights: readonly [string, number][], more: object = {}) {
  const names = [...new Set([...weights.map(([name]) => name), 'default'])]
  const document = {
    mosn_config: {},
    listener: {
      l: {
        name: 'l',
        address: '127.0.0.1:80',
        bind_port: true,
        filter_chains: [{filters: [{type: 'proxy', config: {router_config_name: 'r'}}]}],
      },
    },
    routers: {
      r: {
        router_config_name: 'r',
        virtual_hosts: [
          {
            domains: ['*'],
            routers: [
              {route: {weighted_clusters: weights.map(([name, weight]) => ({cluster: {name, weight}})), ...more}},
            ],
          },
        ],
      },
    },
    cluster: Object.fromEntries(names.map((name) => [name, {name, hosts: [{address: '1.1.1.1:1'}]}])),
  }
  return matchMosn(parseMosnDump(document, 'x'), request)
}

describe('the weighted draw of MOSN', () => {
  const recorded = [
    ...readFileSync(join(fixtures, 'weights-1e6-gotest.txt'), 'utf8').matchAll(
      /weights \[(\d+) (\d+)\] map\[A:(\d+) B:(\d+)\]/g,
    ),
  ]

  it.each(recorded.map(([, a, b, ofA, ofB]) => [Number(a), Number(b), Number(ofA), Number(ofB)] as const))(
    'of %i and %i comes as often to A and B as a million draws of a running MOSN did: %i and %i',
    (a, b, ofA, ofB) => {
      const branches = draw([
        ['A', a],
        ['B', b],
      ])
      for (const [cluster, count] of [
        ['A', ofA],
        ['B', ofB],
      ] as const) {
        const branch = branches.find((way) => way.cluster === cluster)
        const [least = 0, most = 0] = branch?.probabilityRange ?? []
        const share = count / 1e6
        expect(share).toBeGreaterThanOrEqual(least)
        expect(share).toBeLessThanOrEqual(most)
        // Three standard deviations of the sample.
        expect(Math.abs(share - (branch?.probability ?? 0))).toBeLessThan(3 * Math.sqrt((share * (1 - share)) / 1e6))
      }
    },
  )

  it('can come to a cluster of weight 0', () => {
    expect(
      draw([
        ['A', 100],
        ['B', 0],
      ]).map(({cluster, probability}) => [cluster, probability]),
    ).toEqual([
      ['A', 1 - 0.01 / 8],
      ['B', 0.01 / 8],
    ])
  })

  it('answers nothing where the weights sum to 0', () => {
    const [branch] = draw([['A', 0]])
    expect([branch?.outcome.kind, branch?.notes[0]?.kind]).toEqual(['unknown', 'panic'])
  })

  it('counts a repeated name once in the map and twice in the sum: the rest goes to cluster_name', () => {
    const ways = draw(
      [
        ['A', 10],
        ['A', 10],
      ],
      {cluster_name: 'default'},
    )
    expect(ways.map(({cluster, probability}) => [cluster, probability])).toEqual([
      ['A', 11 / 20],
      ['default', 9 / 20],
    ])
    expect(
      draw([
        ['A', 10],
        ['A', 10],
      ])[1]?.outcome.status,
    ).toBe(404)
  })

  const weights = fc
    .array(fc.tuple(fc.constantFrom('A', 'B', 'C', 'D'), fc.nat(50)), {minLength: 1, maxLength: 6})
    .filter((entries) => entries.some(([, weight]) => weight > 0))

  it('has shares that sum to 1, each within its range', () => {
    fc.assert(
      fc.property(weights, (entries) => {
        const ways = draw(entries)
        expect(ways.reduce((sum, {probability}) => sum + probability, 0)).toBeCloseTo(1, 9)
        for (const {probability, probabilityRange: [least, most] = [0, 0]} of ways) {
          expect(probability).toBeGreaterThanOrEqual(least - 1e-9)
          expect(probability).toBeLessThanOrEqual(most + 1e-9)
        }
      }),
      {numRuns: 200},
    )
  })
})
