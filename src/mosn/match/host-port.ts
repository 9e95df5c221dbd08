/** A host and its port as Go's net.SplitHostPort makes them of a text; no port at all is not an error here. Null: it does not split. */
export function splitHostPort(text: string): {host: string; port: string} | null {
  const colon = text.lastIndexOf(':')
  if (colon < 0) return {host: text, port: ''}
  if (text.startsWith('[')) return splitBracketed(text, colon)
  const host = text.slice(0, colon)
  if (host.includes(':') || /[[\]]/.test(text)) return null
  return {host, port: text.slice(colon + 1)}
}

/** `[v6]:port`; a bracketed address alone is missing its port, and stays whole. */
function splitBracketed(text: string, colon: number): {host: string; port: string} | null {
  const end = text.indexOf(']')
  if (end < 0) return null
  if (end + 1 === text.length) return {host: text, port: ''}
  if (end + 1 !== colon) return null
  const host = text.slice(1, end)
  return /[[\]]/.test(host + text.slice(colon + 1)) ? null : {host, port: text.slice(colon + 1)}
}
