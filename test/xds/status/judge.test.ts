import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {judge} from '../../../src/xds/status/judge.js'
import {compareVersions, proxyState} from '../../../src/xds/status/proxy-state.js'

const prefix = 'type.googleapis.com/envoy.admin.v3.'
const listeners = (version: string, controlPlane = 'istiod') =>
  proxyState({
    configs: [
      {
        '@type': `${prefix}BootstrapConfigDump`,
        bootstrap: {node: {metadata: {PROXY_CONFIG: {discoveryAddress: controlPlane}}}},
      },
      {'@type': `${prefix}ListenersConfigDump`, version_info: version, dynamic_listeners: []},
    ],
  })

const time = fc.date({min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true})
const version = fc
  .tuple(time, fc.nat())
  .map(([date, number]) => `${date.toISOString().replace(/\.\d+Z/, 'Z')}/${number}`)

describe('versions of pushes', () => {
  it('are ordered by their time, then by their number as a number', () => {
    expect(compareVersions('2026-05-01T10:00:00Z/9', '2026-05-01T10:00:00Z/10')).toBeLessThan(0)
    expect(compareVersions('2026-05-01T11:00:00+02:00/1', '2026-05-01T10:00:00Z/1')).toBeLessThan(0)
    expect(compareVersions('2026-05-02T00:00:00Z/1', '2026-05-01T00:00:00Z/99')).toBeGreaterThan(0)
  })

  it('are an order', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [ab, bc, ac] = [compareVersions(a, b) ?? 0, compareVersions(b, c) ?? 0, compareVersions(a, c) ?? 0]
        expect(Math.sign(ab) + Math.sign(compareVersions(b, a) ?? 0)).toBe(0)
        if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('of another form are not compared', () => {
    expect(compareVersions('a81f', 'b2c4')).toBeNull()
    const judged = judge(
      new Map([
        ['a', listeners('a81f')],
        ['b', listeners('b2c4')],
      ]),
    )
    expect([...judged.values()].map(({behind}) => behind)).toEqual([[], []])
  })
})

describe('a proxy', () => {
  it('is behind where a peer has a push that is more than a minute newer', () => {
    const judged = judge(
      new Map([
        ['old', listeners('2026-05-01T10:00:00Z/1')],
        ['near', listeners('2026-05-01T10:04:30Z/5')],
        ['new', listeners('2026-05-01T10:05:00Z/6')],
      ]),
    )
    expect(judged.get('old')).toEqual({
      standing: 'stale',
      behind: [
        {
          kind: 'listeners',
          version: '2026-05-01T10:00:00Z/1',
          newest: '2026-05-01T10:05:00Z/6',
          peer: 'new',
          seconds: 300,
        },
      ],
    })
    expect([judged.get('near')?.standing, judged.get('new')?.standing]).toEqual(['synced', 'synced'])
  })

  it('is not held against those of another control plane', () => {
    const judged = judge(
      new Map([
        ['old', listeners('2026-05-01T10:00:00Z/1', 'istiod-canary')],
        ['new', listeners('2026-05-01T10:05:00Z/6')],
      ]),
    )
    expect(judged.get('old')?.standing).toBe('synced')
  })

  it('that alone is asked is never behind', () => {
    fc.assert(
      fc.property(version, (own) => {
        expect(judge(new Map([['only', listeners(own)]])).get('only')?.behind).toEqual([])
      }),
    )
  })
})
