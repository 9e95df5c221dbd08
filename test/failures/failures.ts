import type {OutcomeKind} from '../../src/trace/trace.js'

/** A failure of the guide: what is asked, how it ends, and what a reader of the default view has to find there. */
export interface ShownFailure {
  /** The command as the guide has it. */
  command: string
  outcome: {kind: OutcomeKind; status: number | null; flags: string; details: string | null}
  /** The hop that fails: its place, and its pod or node. */
  at: {place: 'app' | 'netns' | 'node' | 'proxy'; pod: string}
  /** In the text: why, and what to change, with the facts of this mesh. */
  says: RegExp[]
}

const reset503 = (reason: string): string => `upstream_reset_before_response_started{${reason}}`
const noChain = {kind: 'reset', status: null, flags: 'NR', details: 'filter_chain_not_found'} as const

export const failures: readonly ShownFailure[] = [
  {
    command: 'sidetrace trace productpage http://ratings:9080/ratings/0 --from sample',
    outcome: {kind: 'responded', status: 403, flags: '-', details: 'rbac_access_denied_matched_policy[none]'},
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /an ALLOW policy applies to this workload, and none of its rules fits/,
      /who asked spiffe:\/\/cluster\.local\/ns\/default\/sa\/bookinfo-productpage/,
      /to change add principal cluster\.local\/ns\/default\/sa\/bookinfo-productpage to AuthorizationPolicy default\/ratings-allow/,
    ],
  },
  {
    command: 'sidetrace trace legacy http://ratings.default:9080/ratings/0 --from sample',
    outcome: noChain,
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /takes only mTLS here, and this is plaintext/,
      /who asked legacy-6f7d9d7d5c-q8zzn has no Envoy, so it sends plaintext/,
      /to change give legacy-6f7d9d7d5c-q8zzn a sidecar, or set the PeerAuthentication that applies to ratings-v1-\S+ \(default\)/,
    ],
  },
  {
    command: 'sidetrace trace reviews-v1 http://ratings:9080/ratings/0 --from samples/failures/mtls-off.tar.gz',
    outcome: {kind: 'responded', status: 503, flags: 'UC', details: reset503('connection_termination')},
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /who asked the Envoy of reviews-v1-7f5f4c6f8b-2nqlk sends plaintext through outbound\|9080\|v1\|ratings/,
      /to change set trafficPolicy\.tls\.mode of DestinationRule default\/ratings to ISTIO_MUTUAL/,
    ],
  },
  {
    command: 'sidetrace trace reviews-v1 http://ratings:9080/ratings/0 --from samples/failures/excluded-port.tar.gz',
    outcome: noChain,
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /reviews-v1-7f5f4c6f8b-2nqlk has an Envoy, and this request goes past it: nat:ISTIO_OUTPUT:rule:1 lets it out \(to port 9080\)/,
      /to change take port 9080 out of the annotation traffic\.sidecar\.istio\.io\/excludeOutboundPorts \(now 9080\) of reviews-v1/,
    ],
  },
  {
    command: 'sidetrace trace productpage http://ratings:9080/ratings/0 --uid 1337 --from sample',
    outcome: noChain,
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /goes past it: nat:ISTIO_OUTPUT:rule:6 lets it out \(by uid 1337\)/,
      /to change run this process of productpage-v1-\S+ as another user than the Envoy's \(uid 1337, gid 1337\)/,
    ],
  },
  {
    command: 'sidetrace trace reviews-v1 http://ratings:9080/ratings/0 --from samples/failures/no-rules.tar.gz',
    outcome: noChain,
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /goes past it: there are no redirection rules in the pod/,
      /to change see why istio-init \(or the Istio CNI plugin\) wrote none for reviews-v1-7f5f4c6f8b-2nqlk/,
    ],
  },
  {
    command: 'sidetrace trace reviews-v1 http://ratings:9080/ratings/0 --from samples/failures/localhost-only.tar.gz',
    outcome: {
      kind: 'responded',
      status: 503,
      flags: 'UF',
      details: reset503('remote_connection_failure|delayed_connect_error:_Connection_refused'),
    },
    at: {place: 'proxy', pod: 'default/ratings-v1-5997b99df9-m2k8w'},
    says: [
      /nothing listens on 10\.10\.0\.13:9080 in ratings-v1-5997b99df9-m2k8w: the app there listens on 127\.0\.0\.1:9080 alone/,
      /to change let the app listen on 0\.0\.0\.0:9080 instead of 127\.0\.0\.1:9080/,
    ],
  },
  {
    command: 'sidetrace trace productpage http://empty:9080/ --from sample',
    outcome: {kind: 'responded', status: 503, flags: 'UH', details: 'no_healthy_upstream'},
    at: {place: 'proxy', pod: 'default/productpage-v1-64794f5db4-8s7zq'},
    says: [
      /cluster outbound\|9080\|\|empty\.default\.svc\.cluster\.local has no endpoint that takes requests/,
      /to change start pods with the labels app=nobody, or correct the selector of service default\/empty/,
    ],
  },
  {
    command: 'sidetrace trace reviews-v1 http://ratings:9080/ratings/0 --from samples/failures/ejected-endpoint.tar.gz',
    outcome: {kind: 'responded', status: 503, flags: 'UH', details: 'no_healthy_upstream'},
    at: {place: 'proxy', pod: 'default/reviews-v1-7f5f4c6f8b-2nqlk'},
    says: [
      /endpoints 10\.10\.0\.13:9080: ejected by outlier detection/,
      /to change see in the log of 10\.10\.0\.13:9080 why .* outlierDetection of DestinationRule default\/ratings/,
    ],
  },
  {
    command:
      "sidetrace trace productpage http://reviews:9080/reviews/0 -H 'end-user: jason' --from samples/failures/missing-subset.tar.gz",
    outcome: {kind: 'responded', status: 503, flags: 'NC', details: 'cluster_not_found'},
    at: {place: 'proxy', pod: 'default/productpage-v1-64794f5db4-8s7zq'},
    says: [
      /the route leads to cluster outbound\|9080\|v2\|reviews\.default\.svc\.cluster\.local, which this Envoy does not have/,
      /to change add subset v2 to the DestinationRule for reviews\.default\.svc\.cluster\.local, or name a subset that exists in VirtualService default\/reviews \(route jason\)/,
    ],
  },
  {
    command: 'sidetrace trace reviews-v3 http://unknown.example.com:9080/ --from sample',
    outcome: {kind: 'responded', status: 502, flags: '-', details: 'direct_response'},
    at: {place: 'proxy', pod: 'default/reviews-v3-cfd99d85b-r7d2j'},
    says: [
      /knows no service for unknown\.example\.com:9080, .*\(outbound policy REGISTRY_ONLY\)/,
      /to change add a ServiceEntry for unknown\.example\.com:9080, or its host to egress\.hosts of the Sidecar/,
    ],
  },
  {
    command:
      "sidetrace trace legacy http://istio-ingressgateway.istio-system/productpage -H 'Host: shop.example.com' --from sample",
    outcome: {kind: 'responded', status: 404, flags: 'NR', details: 'route_not_found'},
    at: {place: 'proxy', pod: 'istio-system/istio-ingressgateway-7c5cd8f5d9-kzv4r'},
    says: [
      /no virtual host of route configuration http\.8080 has the name shop\.example\.com/,
      /it serves bookinfo\.example\.com, \*\.apps\.example\.com/,
      /to change ask for a name that is served, or add shop\.example\.com to the hosts of the Gateway and of VirtualService default\/bookinfo/,
    ],
  },
  {
    command:
      'sidetrace trace legacy https://shop.example.com/productpage --resolve shop.example.com:443:10.96.0.18 --from sample',
    outcome: noChain,
    at: {place: 'proxy', pod: 'istio-system/istio-ingressgateway-7c5cd8f5d9-kzv4r'},
    says: [
      /no filter chain of istio-ingressgateway-\S+ serves the name shop\.example\.com/,
      /it serves bookinfo\.example\.com to change .* add a server for shop\.example\.com to the Gateway/,
    ],
  },
  {
    command: 'sidetrace trace productpage --tcp auto-echo:7071 --from sample',
    outcome: {kind: 'timeout', status: null, flags: '-', details: null},
    at: {place: 'proxy', pod: 'default/productpage-v1-64794f5db4-8s7zq'},
    says: [
      /the Envoy of productpage-v1-\S+ waits for the first bytes to tell the protocol, and the client says nothing/,
      /to change declare auto-echo:7071 as TCP in its Service \(port name tcp-/,
    ],
  },
]
