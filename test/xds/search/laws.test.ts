import fc from 'fast-check'
import {expect, it} from 'vitest'
import {chooseRoute} from '../../../src/xds/match/route-choice.js'
import {routesOf} from '../../../src/xds/match/route-config.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {findReach} from '../../../src/xds/search/reach.js'
import {type Draft, requestSpace, subjectOf} from '../../../src/xds/search/request-space.js'
import {usedTables} from '../../../src/xds/search/tables.js'
import {chainOf, envoyOf, hostWith} from './fixture.js'

const paths = ['/', '/a', '/ab', '/a/b', '/abc', '/b', '/A'] as const
const texts = ['v', 'vw', 'w'] as const
const path = fc.constantFrom(...paths)
const text = fc.constantFrom(...texts)

const stringMatch = fc.oneof(
  text.map((exact) => ({string_match: {exact}})),
  text.map((prefix) => ({string_match: {prefix}})),
  text.map((suffix) => ({string_match: {suffix}})),
)
const demand: fc.Arbitrary<JsonObject> = fc.oneof(
  stringMatch,
  fc.boolean().map((present_match) => ({present_match})),
)
const invertible = fc.record({matcher: demand, invert_match: fc.boolean()})
const match: fc.Arbitrary<JsonObject> = fc
  .record({
    path: fc.oneof(
      path.map((exact): JsonObject => ({path: exact})),
      path.map((prefix): JsonObject => ({prefix})),
      fc.constantFrom('/a', '/b').map((path_separated_prefix): JsonObject => ({path_separated_prefix})),
    ),
    case_sensitive: fc.boolean(),
    header: fc.option(invertible, {nil: null}),
    query: fc.option(demand, {nil: null}),
  })
  .map(({path: where, case_sensitive, header, query}) => ({
    ...where,
    ...(case_sensitive ? {} : {case_sensitive}),
    ...(header ? {headers: [{name: 'x', ...header.matcher, invert_match: header.invert_match}]} : {}),
    ...(query ? {query_parameters: [{name: 'q', ...query}]} : {}),
  }))

/** Every request of a small world. */
const requests: Draft[] = [...paths, '/ac', '/B', '/a/'].flatMap((where) =>
  [null, ...texts, 'vv', 'u'].flatMap((x) =>
    [null, ...texts, 'u'].map(
      (q): Draft =>
        new Map([
          ['path', where],
          ['header x', x],
          ['query q', q],
        ]),
    ),
  ),
)

it('a route is unreachable only where no request comes to it, and an example comes to it', () => {
  fc.assert(
    fc.property(fc.array(match, {minLength: 2, maxLength: 5}), (matches) => {
      const [used] = usedTables(envoyOf([chainOf([hostWith(matches)])]))
      const host = used?.table.domains.hosts[0]
      if (!used || !host) throw new Error('no routes')
      const routes = routesOf(used.table, host)
      const space = requestSpace(routes, ['a.com'])
      const takerOf = (draft: Draft) => chooseRoute(routes, subjectOf(draft), [], false)[0]?.route ?? null
      const reached = new Set(requests.map(takerOf))
      for (const [index, route] of routes.entries()) {
        const reach = findReach(route, routes.slice(0, index), space)
        expect(reach.reachable).not.toBe('undecided')
        if (reach.reachable === 'yes') expect(takerOf(reach.example)).toBe(route)
        else expect(reached.has(route)).toBe(false)
      }
    }),
    {numRuns: 60},
  )
})
