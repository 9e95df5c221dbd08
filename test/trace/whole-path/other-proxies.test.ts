import {beforeAll, describe, expect, it} from 'vitest'
import {openSnapshot} from '../../../src/sources/open-snapshot.js'
import {editMesh, parseEdit} from '../../../src/trace/edit.js'
import {buildMesh, type Mesh} from '../../../src/trace/mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {more, tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

describe('eBPF programs in place of rules', () => {
  it('hand bytes from socket to socket on one node, and the text names them', () => {
    const {way, hops, outcome, text, lines} = tell(
      editMesh(mesh, [parseEdit('interception ebpf')]),
      get(more.reviewsV1, 'http://ratings:9080/ratings/0'),
    )
    expect(way[1]).toBe('netns reviews-v1 app-to-proxy no rule')
    expect(hops[1]).toMatchObject({
      ebpf: {redirectedTo: '127.0.0.1:15001', original: '10.96.0.13:9080', handedOver: true},
    })
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: pods.ratings}})
    expect(text).toContain('mb_')
    expect(lines.length).toBeLessThanOrEqual(40)
  })
})

describe('MOSN', () => {
  it('takes a Dubbo call over on both sides', async () => {
    const mosn = buildMesh(await openSnapshot('sample-mosn'))
    const call = {
      ...get('default/caller', ''),
      url: null,
      method: null,
      httpVersion: null,
      rpc: {
        protocol: 'dubbo' as const,
        dst: '127.0.0.1:20882',
        service: 'com.alibaba.boot.demo.DemoService',
        method: 'sayHello',
        headers: [],
      },
    }
    const {hops, outcome, text} = tell(mosn, call)
    expect(hops.filter(({place}) => place === 'proxy')).toMatchObject([
      {pod: 'default/caller', proxy: 'mosn', endpoint: '1.2.3.4:20881'},
      {pod: 'default/provider', proxy: 'mosn', endpoint: '127.0.0.1:20880'},
    ])
    expect(outcome).toMatchObject({kind: 'delivered', by: {pod: 'default/provider', address: '127.0.0.1:20880'}})
    expect(text).toContain('com.alibaba.boot.demo.DemoService')
  })
})
