import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {root} from '../../setup/run-bin.js'
import {answer, chain, envoyWith, listener} from '../listener/fixture.js'

/** Requests to hosts that fail, and what Envoy 1.40 logged of them. */
interface Probe {
  name: string
  clusters: JsonObject[]
  manager: JsonObject
  /** `hosts`: those that were asked last, over several requests. */
  requests: {target: string; route: string; cluster: string; attempts: number; hosts: string[]}[]
}

const probe: Probe = JSON.parse(readFileSync(join(root, 'test/fixtures/xds/retry.json'), 'utf8'))

const filters = [{name: 'manager', typed_config: probe.manager}]
const envoy = envoyWith([listener('http', 80, [chain('all', {}, {filters})])], probe.clusters)

/** What each request shows, by its path. */
const shows: Record<string, string> = {
  '/retry': 'as often as the route says, to any host of the cluster',
  '/prev': 'with a predicate of hosts as often',
  '/none': 'never without a policy',
  '/dead': 'not where nothing listens and nothing is said of retries',
}

describe(`a request that fails is tried again (${probe.name})`, () => {
  it.each(probe.requests.map((made) => [shows[made.target] ?? made.target, made] as const))('%s', (_, made) => {
    const branch = answer(envoy, {dst: '10.0.0.1:80', http: {authority: 'a.com', path: made.target}})
    expect(branch).toMatchObject({route: {name: made.route}, cluster: made.cluster, outcome: {kind: 'forwarded'}})
    expect(branch.endpoints.map(({address}) => address)).toEqual(expect.arrayContaining(made.hosts))
    const notes = branch.notes.filter(({kind}) => kind === 'retry').map(({text}) => text)
    expect(notes).toEqual(made.attempts > 1 ? [`up to ${made.attempts - 1} on 5xx`] : [])
  })
})
