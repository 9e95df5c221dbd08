import {chance, pick, type Random, whole} from '../upstream/random.js'

/** How a pod's traffic is taken over: rules of iptables, TPROXY, native nftables, or not at all. */
export type Interception = 'REDIRECT' | 'TPROXY' | 'nftables' | 'none'

export interface PodPlan {
  name: string
  ip: string
  interception: Interception
  /** SPIFFE identity in its certificate. */
  identity: string
  mtls: 'STRICT' | 'PERMISSIVE'
  /** Identities that an ALLOW policy lets in; null for no policy. */
  allowed: string[] | null
  /** Path prefix that a DENY policy refuses; null for no policy. */
  denied: string | null
}

/** A mesh of four pods on one node, drawn from a seed. */
export interface MeshPlan {
  pods: {shop: PodPlan; first: PodPlan; second: PodPlan; plain: PodPlan}
  /** Weights of the first and the second version of `store`. */
  weights: [number, number]
  /** Outbound traffic to what no service names: through, or into the black hole. */
  outbound: 'ALLOW_ANY' | 'REGISTRY_ONLY'
  /** Connections stay open for further requests; otherwise every request has its own, with its own packets to be counted. */
  pooled: boolean
  /** The only URI SAN that clients take of a server; absent for any. */
  expected?: string
}

export const serviceAddresses = {store: '10.98.0.10', shop: '10.98.0.11', plain: '10.98.0.12', bytes: '10.98.0.13'}

const identityOf = (name: string): string => `spiffe://cluster.local/ns/default/sa/${name}`

export function drawMesh(random: Random): MeshPlan {
  const pod = (name: string, last: number, interception: Interception): PodPlan => ({
    name,
    ip: `10.244.77.${last}`,
    interception,
    identity: identityOf(name),
    mtls: chance(random, 0.5) ? 'STRICT' : 'PERMISSIVE',
    allowed: chance(random, 0.5) ? [identityOf(pick(random, ['shop', 'first', 'second']))] : null,
    denied: chance(random, 0.5) ? '/admin' : null,
  })
  const weight = whole(random, 1, 99)
  return {
    pods: {
      shop: pod('shop', 11, 'REDIRECT'),
      first: pod('first', 12, 'TPROXY'),
      second: pod('second', 13, 'nftables'),
      plain: pod('plain', 14, 'none'),
    },
    weights: [weight, 100 - weight],
    outbound: chance(random, 0.5) ? 'ALLOW_ANY' : 'REGISTRY_ONLY',
    pooled: false,
  }
}
