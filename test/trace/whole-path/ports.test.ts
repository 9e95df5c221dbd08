import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../../src/trace/mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {more, tcp, tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

describe('a port on which nothing listens', () => {
  it('is found by the Envoy of the server, which answers 503', () => {
    const {outcome, text, lines} = tell(mesh, get(pods.productpage, 'http://10.10.0.12:9999/'))
    expect(outcome).toMatchObject({kind: 'responded', status: 503, responseFlags: 'UF', by: {pod: pods.details}})
    expect(text).toContain('nothing listens on 10.10.0.12:9999 in details-v1-79dfbd6fff-x5t4k')
    expect(lines.length).toBeLessThanOrEqual(40)
  })

  it('refuses the connection of a client that no Envoy stands between', () => {
    const {way, outcome} = tell(mesh, get(pods.productpage, 'http://10.10.0.19:8888/'))
    expect(way.at(-1)).toBe('netns legacy wire-to-app no rule')
    expect(outcome).toMatchObject({kind: 'refused', by: {pod: pods.legacy}})
  })
})

describe('who speaks first', () => {
  it('does not matter for a port that is declared as TCP', () => {
    const {way, outcome} = tell(mesh, tcp(pods.productpage, 'tcp-echo:7070'))
    expect(way[2]).toBe('envoy productpage-v1 10.96.0.20_7070 -> outbound|7070||tcp-echo.default.svc.cluster.local')
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: pods.ratings}})
  })

  it('is waited for by the Envoy of the client where the protocol is not declared', () => {
    const silent = tell(mesh, tcp(pods.productpage, 'auto-echo:7071'))
    expect(silent.outcome).toMatchObject({kind: 'timeout', by: {pod: pods.productpage}})
    expect(silent.text).toContain('declare auto-echo:7071 as TCP in its Service')
    const speaking = tell(mesh, tcp(pods.productpage, 'auto-echo:7071', 'hi\n'))
    expect(speaking.outcome).toMatchObject({kind: 'delivered', by: {pod: pods.ratings}})
  })

  it('is waited for by the Envoy of the server where plaintext comes to it', () => {
    const {outcome, text} = tell(mesh, tcp(pods.productpage, '10.10.0.13:7070'))
    expect(outcome).toMatchObject({kind: 'timeout', by: {pod: pods.ratings}})
    expect(text).toContain('excludeInboundPorts')
  })
})

describe('an open connection', () => {
  it('is led by conntrack in every namespace, by the same way to the same app', () => {
    const asked = get(more.reviewsV1, 'http://ratings:9080/ratings/0')
    const [opened, reused] = [tell(mesh, asked), tell(mesh, {...asked, connection: 'reused'})]
    expect(reused.outcome).toEqual(opened.outcome)
    expect(reused.way.filter((hop) => hop.startsWith('netns')).every((hop) => hop.endsWith('no rule'))).toBe(true)
    expect(reused.text.split('its conntrack entry leads').length - 1).toBe(4)
  })
})
