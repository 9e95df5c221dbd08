/** Ways in which a mesh's proxies come to see an app's connections. */
export type InterceptionMode =
  /** Istio's rules, which change the destination. */
  | 'REDIRECT'
  /** Istio's rules, which leave inbound connections their addresses. */
  | 'TPROXY'
  /** Programs at connect(), tc and SO_ORIGINAL_DST, and bytes handed over between sockets. */
  | 'ebpf'
  /** The same without handing bytes over. */
  | 'hook-connect'
  /** No interception: the registry names the proxies as the addresses of services. */
  | 'takeover'
  | 'none'

export const interceptionModes: readonly InterceptionMode[] = [
  'REDIRECT',
  'TPROXY',
  'ebpf',
  'hook-connect',
  'takeover',
  'none',
]

/** The mode that a word means, whatever its case; null for none. */
export const interceptionMode = (text: string): InterceptionMode | null =>
  interceptionModes.find((mode) => mode.toLowerCase() === text.trim().toLowerCase()) ?? null
