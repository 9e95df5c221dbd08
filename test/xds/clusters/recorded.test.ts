import {describe, expect, it} from 'vitest'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import {object, objects, string} from '../../../src/xds/parse/field.js'
import {connection, envoyWith, httpNeed, shares} from './fixture.js'
import {recorded} from './recorded.js'

describe('what a running Envoy did with', () => {
  const probes = recorded('probes')
  const envoy = envoyWith(objects(probes, 'clusters'), objects(probes, 'endpoints'))

  for (const probe of objects(probes, 'probes'))
    it(`${string(probe, 'probe')}`, () => {
      const need = {...httpNeed, subset: {...object(probe, 'subset')}}
      const cluster = string(probe, 'cluster') ?? ''
      const seen = Object.entries(object(probe, 'seen') ?? {}).map(([way, count]) => [way, Number(count)] as const)
      const [choice] = chooseUpstream(envoy, cluster, need, connection)
      if (choice?.outcome.kind === 'responded') {
        const {status, responseFlags, details} = choice.outcome
        expect(seen.map(([way]) => way)).toEqual([`${status} ${responseFlags} ${details}`])
        return
      }
      const ours = shares(envoy, cluster, need)
      const total = seen.reduce((sum, [, count]) => sum + count, 0)
      expect(Object.keys(ours).sort()).toEqual(seen.map(([way]) => way).sort())
      for (const [way, count] of seen) {
        const expected = ours[way] ?? 0
        const deviation = Math.sqrt(total * expected * (1 - expected))
        expect(Math.abs(count - total * expected)).toBeLessThanOrEqual(3 * deviation)
      }
    })
})

describe('the host that a running Envoy took for a key', () => {
  const hashed = recorded('hashed')
  const envoy = envoyWith(objects(hashed, 'clusters'))
  const picks = objects(hashed, 'picks')

  for (const cluster of new Set(picks.map((pick) => string(pick, 'cluster') ?? '')))
    it(`is ours too: ${cluster}`, () => {
      const own = picks.filter((pick) => string(pick, 'cluster') === cluster)
      const ours = own.map((pick) => {
        const need = {...httpNeed, hashKeys: [string(pick, 'key') ?? '']}
        return Object.keys(shares(envoy, cluster, need))
      })
      expect(ours).toEqual(own.map((pick) => [string(pick, 'host')]))
    })
})
