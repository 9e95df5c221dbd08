/** The names that Istio gives to what it configures; reading them decides nothing. */

/** `outbound|9080|v2|reviews.default.svc.cluster.local`. */
export interface ClusterName {
  direction: 'outbound' | 'inbound'
  port: string
  subset: string | null
  host: string | null
}

export function readClusterName(name: string): ClusterName | null {
  const parts = /^(outbound|inbound)\|(\d+)\|([^|]*)\|([^|]*)$/.exec(name)
  if (parts === null) return null
  const [, direction, port = '', subset = '', host = ''] = parts
  return {
    direction: direction === 'outbound' ? 'outbound' : 'inbound',
    port,
    subset: subset === '' ? null : subset,
    host: host === '' ? null : host,
  }
}

/** An AuthorizationPolicy's rule: `ns[default]-policy[details-deny]-rule[0]`. */
export interface PolicyName {
  /** `namespace/name`. */
  policy: string
  rule: string
}

export function readPolicyName(name: string): PolicyName | null {
  const parts = /ns\[([^\]]*)\]-policy\[([^\]]*)\]-rule\[([^\]]*)\]/.exec(name)
  if (parts === null) return null
  const [, namespace = '', policy = '', rule = ''] = parts
  return {policy: `${namespace}/${policy}`, rule}
}

/** `namespace/name` as `name`. */
export const podName = (pod: string): string => pod.slice(pod.indexOf('/') + 1)

export const podNamespace = (pod: string): string => (pod.includes('/') ? pod.slice(0, pod.indexOf('/')) : '')

/** A pod's name without the parts that its ReplicaSet added: `productpage-v1-64794f5db4-8s7zq` is `productpage-v1`. */
export const workloadName = (pod: string): string => podName(pod).replace(/-[a-z0-9]{5,10}-[a-z0-9]{5}$/, '')

/** `10.10.0.15` of `10.10.0.15:9080`, `fd00::1` of `[fd00::1]:9080`. */
export const hostOf = (address: string): string => {
  const bracketed = /^\[([^\]]*)\]/.exec(address)
  if (bracketed !== null) return bracketed[1] ?? address
  return address.split(':').length === 2 ? address.slice(0, address.indexOf(':')) : address
}

/** `ip:port`, an IPv6 address in brackets. */
export const socketText = (ip: string, port: number | null): string =>
  port === null ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`

/** What a kind of proxy is called; absent kinds are Envoys. */
export const proxyName = (kind: 'mosn' | undefined): string => (kind === 'mosn' ? 'MOSN' : 'Envoy')
