/** What somebody types to ask for: a URL, or a path alone. */
export interface RequestTarget {
  /** `http` or `https`; null for a path alone. */
  scheme: string | null
  host: string | null
  /** Null where the URL names none. */
  port: number | null
  path: string
}

/** Takes a URL or path apart; null for what is neither. The path stays as typed: what the proxy normalises is its own affair. */
export function splitTarget(text: string): RequestTarget | null {
  if (text.startsWith('/') || text === '*') return {scheme: null, host: null, port: null, path: text}
  const parts = /^(?:(https?):\/\/)?(\[[0-9a-fA-F:.]+\]|[^:/?#]+)(?::(\d{1,5}))?([/?#].*)?$/i.exec(text)
  if (!parts) return null
  const [, scheme, host, port, path] = parts
  return {
    scheme: scheme?.toLowerCase() ?? 'http',
    host: host ?? null,
    port: port === undefined ? null : Number(port),
    path: path === undefined ? '/' : path.startsWith('/') ? path : `/${path}`,
  }
}

/** The port that the URL leads to. */
export const portOf = ({port, scheme}: RequestTarget): number => port ?? (scheme === 'https' ? 443 : 80)
