import fc from 'fast-check'
import {expect, it} from 'vitest'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import type {UpstreamChoice} from '../../../src/xds/match/upstream-choice.js'
import {seeded, times} from '../../live/upstream/random.js'
import {aggregateOf, randomCluster, randomQuestions} from '../../live/upstream/random-cluster.js'
import {connection, envoyWith, httpNeed} from './fixture.js'

/** Every answer of a few random clusters, and of an aggregate of them, with and without reasons. */
function answers(seed: number): {plain: UpstreamChoice[]; explained: UpstreamChoice[]}[] {
  const random = seeded(seed)
  const clusters = times(3, (index) => randomCluster(random, `c${index}`))
  const all = [...clusters, aggregateOf('a', ['c0', 'c1', 'none', 'c2'])]
  const envoy = envoyWith(all)
  return all.flatMap((cluster) =>
    randomQuestions(random, cluster, String(cluster['name'])).map(({cluster: name, criteria, hashed}) => {
      const need = {...httpNeed, subset: {...criteria}, hashKeys: hashed ? [`key ${seed}`] : null}
      return {
        plain: chooseUpstream(envoy, name, need, connection),
        explained: chooseUpstream(envoy, name, need, connection, true),
      }
    }),
  )
}

const sum = (ways: readonly {probability: number}[]): number =>
  ways.reduce((total, {probability}) => total + probability, 0)

const everyAnswer = (law: (answer: ReturnType<typeof answers>[number]) => void): void =>
  fc.assert(
    fc.property(fc.integer({min: 0, max: 2 ** 31}), (seed) => {
      for (const answer of answers(seed)) law(answer)
    }),
    {numRuns: 15},
  )

it('choices, and the endpoints of each, have probabilities that sum to 1', () => {
  everyAnswer(({plain}) => {
    expect(sum(plain)).toBeCloseTo(1, 9)
    for (const {outcome, endpoints} of plain)
      expect(sum(endpoints)).toBeCloseTo(outcome.kind === 'forwarded' ? 1 : 0, 9)
    for (const {probability} of plain.flatMap(({endpoints}) => endpoints)) expect(probability).toBeGreaterThan(0)
  })
})

it('asking for reasons changes no answer', () => {
  everyAnswer(({plain, explained}) => {
    expect(explained.map(({steps: _, ...choice}) => choice)).toEqual(plain.map(({steps: _, ...choice}) => choice))
    for (const {steps} of plain) expect(steps).toEqual([])
    for (const {steps} of explained) expect(steps.length).toBeGreaterThan(0)
  })
})

it('an unhealthy host is chosen only where its priority is in panic, or alone in its subset', () => {
  everyAnswer(({explained}) => {
    for (const {endpoints, steps} of explained) {
      const unhealthy = endpoints.some(({health}) => ['UNHEALTHY', 'TIMEOUT', 'DRAINING'].includes(health))
      const panic = JSON.stringify(steps).includes('panic')
      const single = !steps.some(({level}) => level === 'priority')
      if (unhealthy) expect(panic || single).toBe(true)
    }
  })
})
