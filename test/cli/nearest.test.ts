import {expect, it} from 'vitest'
import {nearest} from '../../src/cli/nearest.js'

it('names the nearest first, and by name where they are equally near', () => {
  expect(nearest('reviews-v4', ['ratings-v1', 'reviews-v3', 'reviews-v1', 'details'], 2)).toEqual([
    'reviews-v1',
    'reviews-v3',
  ])
})

it('names nothing that differs in more than a third', () => {
  expect(nearest('match', ['trace', 'iptables show'])).toEqual([])
})
