/** A socket that listens in a network namespace. */
export interface Listening {
  proto: 'tcp' | 'udp'
  /** `0.0.0.0`, `*`, `::` for any. */
  address: string
  port: number
  /** SO_MARK; absent where it is not known. */
  mark?: number
}

/** The process that makes a call which a program is asked about. */
export interface Actor {
  /** The cgroup that it runs in, which is its container; null where it is not known. */
  cgroup: number | null
  /** Its path; null where it is not known. */
  cgroupPath: string | null
  /** As the node counts processes; null where it is not known. */
  pid: number | null
  uid: number
  /** Address of its pod as the capture has it, for what the maps cannot be asked without. */
  podIp: string | null
  /** Sockets of its network namespace; null where they were not captured. */
  listens: readonly Listening[] | null
}

const wildcards: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::'])

/** Kernel: a lookup for an address finds the sockets bound to it and to any; one for 0.0.0.0 those bound to any alone. */
export const listenerOn = (
  listens: readonly Listening[],
  proto: 'tcp' | 'udp',
  ip: string,
  port: number,
): Listening | null =>
  listens.find(
    (socket) =>
      socket.proto === proto && socket.port === port && (socket.address === ip || wildcards.has(socket.address)),
  ) ?? null
