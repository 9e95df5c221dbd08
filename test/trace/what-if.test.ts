import {beforeAll, describe, expect, it} from 'vitest'
import {UsageError} from '../../src/errors.js'
import {difference} from '../../src/trace/difference.js'
import {editMesh, parseEdit} from '../../src/trace/edit.js'
import {checkExpectation, parseExpectation} from '../../src/trace/expectation.js'
import type {Mesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import type {Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {whyNot} from '../../src/trace/why-not.js'
import {get, pods, sampleMesh} from './mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const reviews = get(pods.productpage, 'http://reviews:9080/reviews/0')
const outcomes = ({branches}: Trace) =>
  branches.map(({probability, outcome: {kind, by}}) => [probability, kind, by?.pod])
const ifEdited = (edit: string, request: TraceRequest): Trace => walk(editMesh(mesh, [parseEdit(edit)]), request)

describe('an edit that touches nothing', () => {
  it('lets the unchanged mesh answer as before', () => {
    const before = outcomes(walk(mesh, reviews))
    ifEdited('set-weight v1=0,v3=100', reviews)
    expect(outcomes(walk(mesh, reviews))).toEqual(before)
  })
  it('moves the shares of weighted clusters, named whole or by subset', () => {
    expect(outcomes(ifEdited('set-weight v1=50,v3=50', reviews)).map(([share]) => share)).toEqual([0.5, 0.5])
    const whole = 'set-weight outbound|9080|v1|reviews.default.svc.cluster.local=0'
    expect(outcomes(ifEdited(whole, reviews))).toEqual([[1, 'delivered', expect.stringContaining('reviews-v3')]])
  })
  it('goes on without a rule, and the other rules keep their names', () => {
    const trace = ifEdited('disable nat:ISTIO_OUTPUT:rule:11 in productpage', reviews)
    expect(trace.branches[0]?.hops[1]).toMatchObject({crossing: 'app-to-wire', rules: ['nat:OUTPUT:rule:1']})
  })
  it('takes an unhealthy endpoint out of its cluster', () => {
    const jason = {...reviews, headers: [['end-user', 'jason']] satisfies [string, string][]}
    expect(outcomes(walk(mesh, jason))).toEqual([[1, 'delivered', pods.reviewsV2]])
    expect(ifEdited('endpoint-down 10.10.0.15:9080', jason).branches[0]?.outcome).toMatchObject({
      kind: 'responded',
      status: 503,
      responseFlags: 'UH',
    })
  })
  it('refuses plaintext under STRICT, and takes it under PERMISSIVE', () => {
    const plain = get(pods.legacy, 'http://10.10.0.12:9080/details/0')
    expect(outcomes(walk(mesh, plain))).toEqual([[1, 'delivered', pods.details]])
    expect(ifEdited('mtls STRICT in details', plain).branches[0]?.outcome).toMatchObject({
      kind: 'reset',
      details: 'filter_chain_not_found',
    })
    const strict = get(pods.legacy, 'http://10.10.0.11:9080/hello')
    expect(outcomes(ifEdited('mtls PERMISSIVE in productpage', strict))).toEqual([[1, 'delivered', pods.productpage]])
  })
  it('is refused where it is none, or meets nothing', () => {
    for (const text of ['drop everything', 'set-weight v1', 'mtls MAYBE', 'disable'])
      expect(() => parseEdit(text), text).toThrow(UsageError)
    expect(() => editMesh(mesh, [parseEdit('disable nat:NOWHERE:rule:1')])).toThrow('no pod has a rule of this name')
    expect(() => editMesh(mesh, [parseEdit('endpoint-down 1.2.3.4:5 in nobody')])).toThrow('no such pod')
  })
})

describe('the difference of two traces', () => {
  it('is nothing between a trace and itself', () => {
    const trace = walk(mesh, reviews)
    expect(difference(trace, trace).same).toBe(true)
  })
  it('begins where the ways part', () => {
    const other = get(pods.productpage, 'http://ratings:9080/ratings/0')
    const [branch] = difference(walk(mesh, reviews), walk(mesh, other)).branches
    expect(branch?.differences[0]).toMatchObject({hop: 0, member: 'address'})
    expect(branch?.differences.at(-1)).toMatchObject({hop: null, member: 'outcome'})
  })
})

describe('an expectation', () => {
  const share = (text: string) => checkExpectation(walk(mesh, reviews), parseExpectation(text))
  it('is met by a share, and without one only by certainty', () => {
    expect(share('delivered to reviews-v1 80%')).toMatchObject({met: true})
    expect(share('delivered to reviews-v1')).toMatchObject({met: false})
    expect(share('delivered')).toMatchObject({met: true})
    expect(share('responded 403')).toMatchObject({met: false, share: 0})
  })
  it('is refused where its outcome is none', () => {
    expect(() => parseExpectation('works')).toThrow(UsageError)
  })
})

describe('why a request does not reach a target', () => {
  const edits = (request: TraceRequest, target: string) =>
    whyNot(mesh, request, target).changes.map((change) => change.edits)
  it('names the header that a route asks for', () => {
    expect(edits(reviews, 'v2')).toEqual([[{kind: 'header', name: 'end-user', value: 'jason'}]])
  })
  it('names the clients that a policy lets in', () => {
    const clients = edits(get(pods.productpage, 'http://ratings:9080/ratings/0'), 'ratings').flat()
    expect(clients).toContainEqual({kind: 'client', pod: pods.reviewsV2})
  })
  it('takes back what a denial holds against the request', () => {
    expect(edits(get(pods.productpage, 'http://details:9080/admin/x'), 'details')).toContainEqual([
      {kind: 'path', path: '/'},
    ])
  })
  it('offers no change where the request arrives already', () => {
    expect(whyNot(mesh, reviews, 'reviews-v1')).toMatchObject({share: 0.8, changes: []})
  })
  it('offers only changes that were walked and arrived', () => {
    for (const {request, share} of whyNot(mesh, reviews, pods.details).changes) {
      const arriving = walk(mesh, request).branches.filter(({outcome}) => outcome.by?.pod === pods.details)
      expect(arriving.reduce((sum, {probability}) => sum + probability, 0)).toBeCloseTo(share)
    }
  })
})
