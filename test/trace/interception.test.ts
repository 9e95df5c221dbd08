import {beforeAll, describe, expect, it} from 'vitest'
import {UsageError} from '../../src/errors.js'
import {difference} from '../../src/trace/difference.js'
import {editMesh, parseEdit} from '../../src/trace/edit.js'
import type {Mesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import type {Hop, NetnsHop, Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const jason = get(pods.productpage, 'http://reviews:9080/reviews/0', {headers: [['end-user', 'jason']]})
const under = (mode: string, request: TraceRequest = jason): Trace =>
  walk(editMesh(mesh, [parseEdit(`interception ${mode}`)]), request)

const hopsOf = ({branches: [branch]}: Trace): Hop[] => branch?.hops ?? []
const crossings = (trace: Trace): NetnsHop[] => hopsOf(trace).filter((hop) => hop.place === 'netns')
const lastApp = (trace: Trace) => hopsOf(trace).findLast((hop) => hop.place === 'app')

describe("another interception, by the pods' own settings", () => {
  it('is the captured way where the mode is the captured one', () => {
    expect(difference(walk(mesh, jason), under('REDIRECT')).same).toBe(true)
  })

  it.each(['REDIRECT', 'TPROXY', 'ebpf', 'hook-connect', 'takeover'])(
    'brings the request through both proxies: %s',
    (mode) => {
      const trace = under(mode)
      expect(hopsOf(trace).filter(({place}) => place === 'proxy')).toHaveLength(2)
      expect(trace.branches[0]?.outcome).toMatchObject({kind: 'delivered', by: {pod: pods.reviewsV2}})
    },
  )

  it('goes past both proxies without any', () => {
    const trace = under('none')
    expect(trace.branches.flatMap(({hops}) => hops.filter(({place}) => place === 'proxy'))).toEqual([])
  })

  it('shows the app the client where TPROXY lets it, and the sidecar elsewhere', () => {
    expect(lastApp(under('TPROXY'))).toMatchObject({entered: {src: '10.10.0.11'}})
    for (const mode of ['REDIRECT', 'ebpf', 'hook-connect'])
      expect(lastApp(under(mode)), mode).toMatchObject({entered: {src: '127.0.0.6'}})
  })

  it('sends connections by programs instead of rules, and hands bytes over between sockets of one node', () => {
    const programs = crossings(under('ebpf')).map(({crossing, rules, redirectedTo, ebpf}) => [
      crossing,
      rules.length,
      redirectedTo,
      ebpf?.handedOver,
    ])
    expect(programs).toEqual([
      ['app-to-proxy', 0, '127.0.0.1:15001', true],
      ['proxy-to-wire', 0, '10.10.0.15:15006', null],
      ['wire-to-proxy', 0, null, true],
      ['proxy-to-app', 0, null, true],
    ])
    expect(crossings(under('hook-connect')).map(({ebpf}) => ebpf?.handedOver)).toEqual([false, null, false, false])
  })

  it('tells the proxy where the connection was meant to go', () => {
    expect(crossings(under('ebpf')).map(({ebpf}) => ebpf?.original)).toEqual([
      '10.96.0.14:9080',
      null,
      '10.10.0.15:9080',
      null,
    ])
  })

  it('keeps an excluded port past the proxy in every mode that knows exclusions', () => {
    const excluded = get(pods.productpage, 'http://10.10.0.12:8888/')
    for (const mode of ['REDIRECT', 'TPROXY', 'ebpf', 'hook-connect'])
      expect(hopsOf(under(mode, excluded))[1], mode).toMatchObject({crossing: 'app-to-wire'})
  })

  it('exempts the group of the proxy by rules, and never by programs', () => {
    const asGroup = {...jason, client: {...jason.client, gid: 1337}}
    expect(hopsOf(under('REDIRECT', asGroup))[1]).toMatchObject({crossing: 'app-to-wire'})
    expect(hopsOf(under('ebpf', asGroup))[1]).toMatchObject({crossing: 'app-to-proxy'})
  })

  it('takes in by tc whoever comes from outside the mesh', () => {
    const plain = get(pods.legacy, 'http://10.10.0.12:9080/details/0')
    const [entering] = crossings(under('ebpf', plain)).filter(({pod}) => pod === pods.details)
    expect(entering).toMatchObject({
      crossing: 'wire-to-proxy',
      redirectedTo: '10.10.0.12:15006',
      ebpf: {programs: expect.arrayContaining(['mb_tc_ingress'])},
    })
  })

  it('leaves gateways and pods without a sidecar as they are', () => {
    const edited = editMesh(mesh, [parseEdit('interception ebpf')])
    expect(edited.pod(pods.legacy)).toBe(mesh.pod(pods.legacy))
  })

  it('is refused where no pod could be intercepted otherwise', () => {
    expect(() => editMesh(mesh, [parseEdit('interception ebpf in legacy')])).toThrow('no such pod has an Envoy')
  })

  it('is refused where there is no such mode', () => {
    expect(() => parseEdit('interception magic')).toThrow(UsageError)
  })
})
