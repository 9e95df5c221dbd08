/** An IP address and a port, as sockets and Envoy's original destination have them. */
export interface SocketAddress {
  /** IPv4 in dots, or IPv6 without brackets. */
  ip: string
  port: number
}

/** `10.0.0.1:80` or `[fd00::1]:80`. */
export const formatSocketAddress = ({ip, port}: SocketAddress): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`

/** Reads `ip:port` and `[v6]:port`; null for anything else, names and ports over 65535 included. */
export function parseSocketAddress(text: string): SocketAddress | null {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/.exec(text)
  const ip = parts?.[1] ?? parts?.[2]
  const port = Number(parts?.[3])
  return ip === undefined || port > 65535 ? null : {ip, port}
}
