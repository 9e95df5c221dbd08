import {beforeAll, describe, expect, it} from 'vitest'
import type {Snapshot} from '../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import type {Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {get, pods} from './mesh-of-sample.js'

let sample: Snapshot
beforeAll(async () => {
  sample = await openSnapshot('sample')
})

/** The sample with other text in some of its files; null: as if it was not captured. */
const changed = (files: Record<string, string | null>): Snapshot => ({
  ...sample,
  text: (path) => (path in files ? (files[path] ?? null) : sample.text(path)),
})

const trace = (snapshot: Snapshot, request: TraceRequest): Trace => walk(buildMesh(snapshot), request)
const nodeOf = ({branches: [branch]}: Trace) => branch?.hops.find(({place}) => place === 'node')
const toReviews = get(pods.productpage, 'http://10.96.0.14:9080/', {
  client: {pod: pods.productpage, uid: 1337, gid: 1337},
})
const toNeighbour = get(pods.legacy, 'http://10.10.0.12:9080/')

describe('the node between two pods', () => {
  it('spreads a service address by its rules, one branch for each of its pods', () => {
    const {branches} = trace(sample, toReviews)
    expect(branches.map(({probability}) => Math.round(probability * 3))).toEqual([1, 1, 1])
  })

  it('leaves neighbours on one bridge alone, unless bridged packets are put to its rules', () => {
    expect(nodeOf(trace(sample, toNeighbour))).toMatchObject({rules: []})
    const called = changed({'nodes/node1/sysctl.txt': 'net.bridge.bridge-nf-call-iptables = 1\n'})
    expect(nodeOf(trace(called, toNeighbour))).toMatchObject({
      rules: ['nat:PREROUTING:rule:1', 'filter:FORWARD:rule:1', 'nat:POSTROUTING:rule:1'],
    })
  })

  it('says what it takes the setting to be only where it would make a difference', () => {
    const drop = '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n'
    const about = (snapshot: Snapshot) =>
      trace(snapshot, toNeighbour).branches[0]?.assumptions.map((each) => each.about)
    expect(about(sample)).toEqual([])
    expect(
      about(
        changed({
          'nodes/node1/iptables-save.txt': drop,
          'nodes/node1/nft-ruleset.json': null,
          'nodes/node1/nft-ruleset.txt': null,
        }),
      ),
    ).toEqual(['net.bridge.bridge-nf-call-iptables of node1'])
  })

  it('drops what its rules drop once it is asked', () => {
    const files = {
      'nodes/node1/iptables-save.txt': '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n',
      'nodes/node1/nft-ruleset.json': null,
      'nodes/node1/nft-ruleset.txt': null,
      'nodes/node1/sysctl.txt': 'net.bridge.bridge-nf-call-iptables = 1\n',
    }
    expect(trace(changed(files), toNeighbour).branches[0]?.outcome).toMatchObject({
      kind: 'dropped',
      by: {place: 'node'},
    })
  })

  it('is taken for kube-proxy where the snapshot has no node, and says so', () => {
    const nodeless: Snapshot = {...sample, document: {...sample.document, nodes: []}}
    const {branches} = trace(nodeless, toReviews)
    expect(branches).toHaveLength(3)
    expect(branches[0]?.assumptions.map(({assumed}) => assumed)).toContain(
      'kube-proxy spreads connections evenly over its endpoints',
    )
  })
})
