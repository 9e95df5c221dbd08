import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../src/trace/mesh.js'
import type {Hop, NetnsHop, NodeHop, Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {get, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

/** Requests of every kind between the pods of the sample, to names, addresses and ports that exist and that do not. */
const anyRequest = () => {
  const {pods, hosts = {}, services} = mesh.snapshot.document
  const host = fc.constantFrom(...Object.keys(hosts), ...pods.map(({ip}) => ip ?? ''), '10.99.9.9', 'no.such.name')
  const port = fc.constantFrom(
    ...services.flatMap(({ports = []}) => ports.map(({port}) => port)),
    15001,
    15006,
    15020,
    9999,
  )
  return fc
    .record({
      pod: fc.constantFrom(...pods.map(({namespace, name}) => `${namespace}/${name}`)),
      host,
      port,
      path: fc.constantFrom('/', '/reviews/0', '/ratings/0', '/v3/x', '/admin', '/old', '/a/../b//c'),
      method: fc.constantFrom('GET', 'POST'),
      user: fc.constantFrom(null, 'jason', 'bob'),
      uid: fc.constantFrom(0, 1000, 1337),
      tcp: fc.constantFrom(null, 'silent', 'speaks'),
      tls: fc.boolean(),
    })
    .map(({pod, host, port, path, method, user, uid, tcp, tls}) =>
      get(pod, '', {
        client: {pod, uid, gid: uid},
        ...(tcp === null
          ? {url: `${tls ? 'https' : 'http'}://${host}:${port}${path}`, method}
          : {
              url: null,
              tcp: {dst: `${host}:${port}`, data: tcp === 'silent' ? null : 'hi\n'},
              method: null,
              httpVersion: null,
            }),
        headers: user === null ? [] : [['end-user', user]],
      }),
    )
}

const holds = (law: (trace: Trace) => void) =>
  fc.assert(
    fc.property(anyRequest(), (asked) => law(walk(mesh, asked))),
    {numRuns: 400},
  )

const isPacketHop = (hop: Hop | undefined): hop is NetnsHop | NodeHop => hop?.place === 'netns' || hop?.place === 'node'

describe('every walk', () => {
  it('has branches whose probabilities sum to 1', () => {
    holds(({branches}) => {
      expect(branches.length).toBeGreaterThan(0)
      expect(branches.reduce((sum, {probability}) => sum + probability, 0)).toBeCloseTo(1, 9)
    })
  })

  it('hands each packet over as it left: what leaves one hop enters the next', () => {
    holds(({branches}) => {
      for (const {hops} of branches)
        for (const [index, hop] of hops.entries()) {
          const next = hops[index + 1]
          if (!isPacketHop(hop) || next === undefined) continue
          const left = {src: hop.left.src, dst: hop.left.dst, sport: hop.left.sport, dport: hop.left.dport}
          if (isPacketHop(next)) expect(next.entered).toMatchObject(left)
          else expect(next.entered).toMatchObject({src: left.src, sport: left.sport})
        }
    })
  })

  it('begins in the app and ends where its outcome says', () => {
    holds(({request: asked, branches}) => {
      for (const {hops, outcome} of branches) {
        expect(hops[0]).toMatchObject({place: 'app', pod: asked.client.pod})
        if (outcome.kind === 'delivered') expect(hops.at(-1)?.place).toBe('app')
        if (outcome.kind === 'responded') expect(hops.some(({place}) => place === 'proxy')).toBe(true)
      }
    })
  })

  it('is the same without the record of its reasons', () => {
    holds((trace) => {
      const bare = walk(mesh, trace.request, {explain: false})
      const facts = ({branches}: Trace) => branches.map(({probability, outcome}) => ({probability, outcome}))
      expect(facts(bare)).toEqual(facts(trace))
    })
  })
})
