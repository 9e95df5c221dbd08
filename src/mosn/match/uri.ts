import type {MosnHttpRequest} from './request.js'

/** What MOSN's HTTP library (fasthttp) makes of a request line and its Host: the variables that routes look at. */
export interface RequestUri {
  /** Lower case, as it is also sent on; empty where the Host is none. */
  host: string
  /** Decoded and normalised; empty where the Host's port is no number: the library stops reading there. */
  path: string
  originalPath: string
  query: string
}

/** Reads the target of a request as fasthttp's URI.parse does. */
export function readUri({authority, path: target}: MosnHttpRequest): RequestUri {
  const [host, uri] = splitAbsolute(authority ?? '', target)
  const plain = host.slice(host.indexOf('@') + 1)
  if (!hasValidPort(plain)) return {host: plain, path: '', originalPath: '', query: ''}
  const withoutHash = uri.split('#')[0] ?? ''
  const mark = withoutHash.indexOf('?')
  const originalPath = mark < 0 ? withoutHash : withoutHash.slice(0, mark)
  return {
    host: plain.toLowerCase(),
    path: normalizePath(originalPath),
    originalPath,
    query: mark < 0 ? '' : withoutHash.slice(mark + 1),
  }
}

/** A target in absolute form names the host itself. */
function splitAbsolute(host: string, uri: string): [host: string, uri: string] {
  if (host !== '' && !uri.includes('://')) return [host, uri]
  const slashes = uri.indexOf('//')
  if (slashes < 0 || uri.slice(0, slashes).includes('/')) return [host, uri]
  const rest = uri.slice(slashes + 2)
  const end = rest.search(/[/?]/)
  return end < 0 ? [rest, '/'] : [rest.slice(0, end), rest.slice(end)]
}

/** What follows the last colon, behind the bracket of an IPv6 address, is digits alone. */
function hasValidPort(host: string): boolean {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    return end >= 0 && /^(:\d*)?$/.test(host.slice(end + 1))
  }
  const colon = host.lastIndexOf(':')
  return colon < 0 || /^\d*$/.test(host.slice(colon + 1))
}

/** fasthttp: percent signs decoded, slashes joined, dot segments taken out. */
export function normalizePath(original: string): string {
  let path = decode(original.startsWith('/') ? original : `/${original}`)
  path = path.replace(/\/{2,}/g, '/')
  while (path.includes('/./')) path = path.replace('/./', '/')
  for (let at = path.indexOf('/../'); at >= 0; at = path.indexOf('/../'))
    path = path.slice(0, Math.max(0, path.lastIndexOf('/', at - 1))) + path.slice(at + 3)
  if (!path.endsWith('/..')) return path
  const parent = path.slice(0, -3).lastIndexOf('/')
  return parent < 0 ? '/' : path.slice(0, parent + 1)
}

/** Pairs of hexadecimal digits behind a percent sign as bytes of UTF-8; others stay as they are. */
function decode(text: string): string {
  if (!text.includes('%')) return text
  const bytes: number[] = []
  const source = new TextEncoder().encode(text)
  for (let index = 0; index < source.length; index++) {
    const byte = source[index] ?? 0
    const pair = byte === 0x25 ? String.fromCharCode(source[index + 1] ?? 0, source[index + 2] ?? 0) : ''
    if (/^[0-9a-fA-F]{2}$/.test(pair)) {
      bytes.push(Number.parseInt(pair, 16))
      index += 2
    } else bytes.push(byte)
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

/** The target that is sent on: as it came unless the path was rewritten, which is written escaped. */
export function sentTarget(uri: RequestUri, path: string): string {
  const kept = path === uri.path
  const target = kept ? uri.originalPath : encodePath(path)
  return (target === '' ? '/' : target) + (uri.query === '' ? '' : `?${uri.query}`)
}

/** Go's url.URL{Path}.RequestURI: what a path may not hold is escaped byte by byte. */
const encodePath = (path: string): string =>
  encodeURI(path).replace(/[?#[\]]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
