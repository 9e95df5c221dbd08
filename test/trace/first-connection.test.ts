import {beforeAll, describe, expect, it} from 'vitest'
import type {Interception, Membership} from '../../src/ebpf/interception.js'
import {editMesh, parseEdit} from '../../src/trace/edit.js'
import type {Mesh} from '../../src/trace/mesh.js'
import type {Place} from '../../src/trace/place.js'
import type {Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {renderTraceText} from '../../src/views/text/trace.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = editMesh(await sampleMesh(), [parseEdit('interception ebpf')])
})

/** Nothing is known of pods' addresses, but what processes have shown. */
function unlearnt(hooks: Interception, reconnects: boolean, processes: ReadonlyMap<number, string>): Interception {
  const memberships = new Map(
    [...(hooks.content.memberships ?? [])].map(([id, member]): [number, Membership] => [id, {...member, ip: null}]),
  )
  return {...hooks, reconnects, content: {...hooks.content, memberships, processes}}
}

const ownPod = get(pods.productpage, 'http://10.10.0.11:9080/hello')

function ask(reconnects: boolean, learnt: boolean): Trace {
  const changed = (place: Place | null): Place | null => {
    if (place?.hooks == null) return place
    const processes = learnt ? new Map([[place.hooks.proxyPid, place.facts?.ip ?? '']]) : new Map<number, string>()
    return {...place, hooks: {...place.hooks, hooks: unlearnt(place.hooks.hooks, reconnects, processes)}}
  }
  return walk({...mesh, pod: (name) => changed(mesh.pod(name)), byAddress: (ip) => changed(mesh.byAddress(ip))}, ownPod)
}

const outcome = ({branches: [branch]}: Trace) => branch?.outcome.kind

describe('a sidecar whose pod is not known, calling its own app', () => {
  it('loses the first connection with USE_RECONNECT, and says why', () => {
    const trace = ask(true, false)
    expect(outcome(trace)).not.toBe('delivered')
    const text = renderTraceText(trace, {detail: 'summary', width: 120, colour: false})
    expect(text).toContain('the original destination is kept back')
  })

  it('reaches it once its process has shown which pod it is in, and without USE_RECONNECT at once', () => {
    expect([ask(true, true), ask(false, false)].map(outcome)).toEqual(['delivered', 'delivered'])
  })
})
