import {describe, expect, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

/** The answer as a reader without a terminal gets it, on the embedded sample. */
const textOf = (...args: string[]): string => {
  const {exit, stdout, stderr} = sidetrace(['trace', ...args, '-o', 'text'], {env: {COLUMNS: '100'}})
  expect(stderr).toBe('')
  expect(exit).toBe(0)
  return stdout
}

/** Line breaks are the layout's; sentences are compared without them. */
const words = (text: string): string => text.replace(/\s+/g, ' ')

/** For each failure of the mesh: who asks what, how it ends, and what is to be changed, by the names of this mesh. */
const failures: {
  name: string
  args: string[]
  ends: string
  proof: string | null
  says: string
  change: string | null
}[] = [
  {
    name: 'an ALLOW policy without a fitting rule',
    args: ['productpage', 'http://ratings:9080/ratings/0'],
    ends: 'DENIED with 403 by the Envoy of ratings-v1-5997b99df9-m2k8w',
    proof: 'rbac_access_denied_matched_policy[none]',
    says: 'an ALLOW policy applies to this workload, and none of its rules fits',
    change:
      'add principal cluster.local/ns/default/sa/bookinfo-productpage to AuthorizationPolicy default/ratings-allow, or call as bookinfo-reviews (default)',
  },
  {
    name: 'a DENY policy that matches',
    args: ['productpage', 'http://details:9080/admin/x'],
    ends: 'DENIED with 403 by the Envoy of details-v1-79dfbd6fff-x5t4k',
    proof: 'ns[default]-policy[details-deny]-rule[0]',
    says: 'rule 0 of AuthorizationPolicy default/details-deny denies it',
    change: 'send a request that it does not match, or narrow rule 0 of AuthorizationPolicy default/details-deny',
  },
  {
    name: 'plaintext to a pod that takes mTLS only',
    args: ['legacy', 'http://10.10.0.11:9080/hello'],
    ends: 'CLOSED: the connection is reset by the Envoy of productpage-v1-64794f5db4-8s7zq',
    proof: 'response flags NR, details filter_chain_not_found',
    says: 'productpage-v1-64794f5db4-8s7zq takes only mTLS here, and this is plaintext',
    change:
      'give legacy-6f7d9d7d5c-q8zzn a sidecar, or set the PeerAuthentication that applies to productpage-v1-64794f5db4-8s7zq (default) to PERMISSIVE',
  },
  {
    name: 'TLS of the client where the mesh has its own',
    args: ['legacy', 'https://10.10.0.14:9080/x'],
    ends: 'CLOSED: the connection is reset by the Envoy of reviews-v1-7f5f4c6f8b-2nqlk',
    proof: 'filter_chain_not_found',
    says: 'takes plaintext or the TLS of the mesh here (ALPN istio',
    change: 'speak plaintext (http:// instead of https://)',
  },
  {
    name: 'a subset that no DestinationRule has',
    args: ['productpage', 'http://reviews:9080/reviews/0', '-H', 'x-nosubset: 1'],
    ends: 'FAILED with 503 by the Envoy of productpage-v1-64794f5db4-8s7zq',
    proof: 'response flags NC, details cluster_not_found',
    says: 'the route leads to cluster outbound|9080|undefined|reviews.default.svc.cluster.local, which this Envoy does not have',
    change:
      'add subset undefined to the DestinationRule for reviews.default.svc.cluster.local, or name a subset that exists in VirtualService default/reviews (route nosubset)',
  },
  {
    name: 'an injected fault',
    args: ['reviews-v2', 'http://ratings:9080/ratings/0', '-H', 'x-fault: abort'],
    ends: 'FAILED with 555 by the Envoy of reviews-v2-6b5667f655-p9hxv',
    proof: 'response flags FI, details fault_filter_abort',
    says: 'a fault is injected: abort with 555',
    change: 'take fault.abort out of VirtualService default/ratings',
  },
  {
    name: 'a host that a gateway does not serve',
    args: ['legacy', 'http://10.10.0.18:8080/productpage', '-H', 'Host: other.example.com'],
    ends: 'ANSWERED with 404 by the Envoy of istio-ingressgateway-7c5cd8f5d9-kzv4r',
    proof: 'response flags NR, details route_not_found',
    says: 'no virtual host of route configuration http.8080 has the name other.example.com',
    change: 'add other.example.com to the hosts of the Gateway and of VirtualService default/bookinfo',
  },
  {
    name: 'a path that no route of a gateway takes',
    args: ['legacy', 'http://10.10.0.18:8080/productpage/', '-H', 'Host: bookinfo.example.com'],
    ends: 'ANSWERED with 404',
    proof: 'route_not_found',
    says: 'virtual host bookinfo.example.com:80 has no route for this request',
    change: 'add a route to VirtualService default/bookinfo',
  },
  {
    name: 'plaintext at the TLS port of a gateway',
    args: ['legacy', 'http://10.10.0.18:8443/productpage', '-H', 'Host: bookinfo.example.com'],
    ends: 'CLOSED: the connection is reset by the Envoy of istio-ingressgateway-7c5cd8f5d9-kzv4r',
    proof: 'filter_chain_not_found',
    says: 'takes only TLS on this port, and this is plaintext',
    change: 'call https://10.10.0.18:8443/productpage',
  },
  {
    name: 'a host outside where only the registry is allowed',
    args: ['reviews-v3', 'http://unknown.example.com:8081/x'],
    ends: 'CLOSED: the connection is reset by the Envoy of reviews-v3-cfd99d85b-r7d2j',
    proof: 'response flags UH',
    says: 'knows no service for unknown.example.com:8081',
    change: 'add a ServiceEntry for unknown.example.com:8081',
  },
  {
    name: 'a port on which nothing listens',
    args: ['legacy', 'http://10.10.0.14:9999/x'],
    ends: 'FAILED with 503 by the Envoy of reviews-v1-7f5f4c6f8b-2nqlk',
    proof: 'response flags UF',
    says: 'nothing listens on 10.10.0.14:9999',
    change: 'call a port on which the app listens, or let it listen on 10.10.0.14:9999',
  },
  {
    name: 'a port that the service does not have',
    args: ['productpage', 'http://10.96.0.14:9081/x'],
    ends: 'FAILED with 503 by the Envoy of productpage-v1-64794f5db4-8s7zq',
    proof: 'response flags UF',
    says: '10.96.0.14:9081 is an address of service default/reviews, which leads nowhere for port 9081',
    change: 'call a port that service default/reviews has (9080), or add port 9081 to it',
  },
  {
    name: 'the port of the redirection itself',
    args: ['productpage', 'http://10.10.0.14:15001/x'],
    ends: 'CLOSED: the connection is reset by the Envoy of productpage-v1-64794f5db4-8s7zq',
    proof: null,
    says: 'port 15001 is where the Envoy of productpage-v1-64794f5db4-8s7zq takes redirected traffic',
    change: "call the service's own port",
  },
  {
    name: 'a name without an address',
    args: ['sleep', 'http://nothing.example.org:8080/x'],
    ends: 'UNREACHABLE',
    proof: 'name_not_resolved',
    says: 'the name nothing.example.org resolves to no address in sleep-5577c64d7c-wl6bf',
    change: 'give nothing.example.org an address',
  },
  {
    name: 'a silent client on a port that is sniffed',
    args: ['productpage', '--tcp', 'auto-echo:7071'],
    ends: 'HANGS at the Envoy of productpage-v1-64794f5db4-8s7zq: nobody speaks first',
    proof: null,
    says: 'waits for the first bytes to tell the protocol, and the client says nothing',
    change: 'declare auto-echo:7071 as TCP in its Service',
  },
  {
    name: 'a request without a Host line',
    args: ['productpage', 'http://10.96.0.14:9080/reviews/0', '-H', 'Host:'],
    ends: 'ANSWERED with 400',
    proof: 'missing_host_header',
    says: 'an HTTP/1.1 request must carry a Host line',
    change: 'send a Host header',
  },
]

describe('the default view of a failure', () => {
  it.each(failures)(
    'says where, why, with what proof and what to change: $name',
    ({args, ends, proof, says, change}) => {
      const text = textOf(...args)
      const [, answer = ''] = text.split('\n\n')
      expect(words(answer)).toContain(ends)
      if (proof !== null) expect(words(answer)).toContain(proof)
      expect(words(answer)).toContain(says)
      if (change !== null) expect(words(answer)).toContain(change)
      expect(text).toMatch(/^x|not reached|takes no|resolves to no/m)
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
    },
  )
})

describe('the default view of a delivery', () => {
  it('fits 40 lines and 100 columns, branches included', () => {
    for (const args of [
      [],
      ['productpage', 'http://reviews:9080/reviews/0'],
      ['productpage', 'http://details:9080/details/0'],
    ]) {
      const lines = textOf(...args)
        .trimEnd()
        .split('\n')
      expect(lines.length).toBeLessThanOrEqual(40)
      for (const text of lines) expect(text.length, text).toBeLessThanOrEqual(100)
    }
  })

  it('names the object that a route was made from', () => {
    expect(textOf()).toContain('route jason, 1st of 7 of VirtualService default/reviews')
  })
})

describe('pictures by the command', () => {
  it.each([
    ['mermaid', /^flowchart LR\n/],
    ['svg', /^<svg xmlns=/],
    ['html', /^<!DOCTYPE html>\n/],
  ])('are made with -o %s', (format, begins) => {
    const {exit, stdout} = sidetrace(['trace', '-o', format])
    expect(exit).toBe(0)
    expect(stdout).toMatch(begins)
    expect(stdout).toContain('reviews-v2-6b5667f655-p9hxv')
  })
})
