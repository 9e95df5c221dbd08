import {describe, expect, it} from 'vitest'
import {captureFacts} from '../../../src/cli/capture-facts.js'
import type {Snapshot} from '../../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../../src/sources/open-snapshot.js'
import {buildMesh} from '../../../src/trace/mesh.js'
import {parseTraceRequest} from '../../../src/trace/parse-request.js'
import {walk} from '../../../src/trace/walk.js'
import {findRemedy} from '../../../src/views/remedy/find-remedy.js'

const sample = await openSnapshot('sample')
const reviews = 'default/reviews-v1-7f5f4c6f8b-2nqlk'

/** The sample with other rules in reviews-v1. */
const withRules = (edit: (rules: string) => string): Snapshot => ({
  ...sample,
  text(path) {
    const text = sample.text(path)
    return path === `pods/${reviews}/iptables-save.txt` && text !== null ? edit(text) : text
  },
})

/** What reviews-v1 is told when it asks ratings, which takes only mTLS. */
function told(snapshot: Snapshot): string {
  const mesh = buildMesh(snapshot)
  const asked = {client: {pod: reviews}, url: 'http://ratings:9080/ratings/0'}
  const {request, branches} = walk(mesh, parseTraceRequest(asked, 'the test'))
  const remedy = branches[0] && findRemedy(request, branches[0], captureFacts(mesh))
  return remedy?.lines.map(({label, text}) => `${label}: ${text}`).join('\n') ?? ''
}

const last = /^.*-A ISTIO_OUTPUT -j ISTIO_REDIRECT$/m
const first = /^.*-A ISTIO_OUTPUT -s 127\.0\.0\.6/m

describe('a request that goes past its own Envoy', () => {
  it('is told which destination is excluded', () => {
    const excluded = withRules((rules) =>
      rules.replace(first, (rule) => `[0:0] -A ISTIO_OUTPUT -d 10.96.0.0/16 -j RETURN\n${rule}`),
    )
    expect(told(excluded)).toContain(
      `to change: take 10.96.0.13 out of the annotation traffic.sidecar.istio.io/excludeOutboundIPRanges of ${reviews.slice(8)}`,
    )
  })

  it.each([
    ['a last rule that lets the rest out', '\n[0:0] -A ISTIO_OUTPUT -j RETURN'],
    ['the end of the chain', ''],
  ])('is told what is included, where it comes to %s', (_, end) => {
    const included = withRules((rules) =>
      rules.replace(last, `[0:0] -A ISTIO_OUTPUT -d 172.16.0.0/12 -j ISTIO_REDIRECT${end}`),
    )
    expect(told(included)).toMatch(
      /to change: add the destination to traffic\.sidecar\.istio\.io\/includeOutboundIPRanges/,
    )
  })

  it('has no such remedy where the client has no Envoy', () => {
    const {document} = sample
    const pods = document.pods.map((pod) => (pod.name === reviews.slice(8) ? {...pod, sidecar: false} : pod))
    const without: Snapshot = {
      ...withRules(() => '*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'),
      document: {...document, pods},
    }
    const bare: Snapshot = {
      ...without,
      text: (path) => (path === `pods/${reviews}/config_dump.json` ? null : without.text(path)),
    }
    expect(told(bare)).toMatch(/has no Envoy, so it sends plaintext[\s\S]*give reviews-v1-7f5f4c6f8b-2nqlk a sidecar/)
  })
})
