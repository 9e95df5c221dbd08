import {DataError} from '../../errors.js'

/** An object of `ip -j`. */
export type IpObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is IpObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of `ip -j`: one list, or several lists one after the other (IPv4, then IPv6). null: the text is no JSON. */
export function ipObjects(text: string, what: string): IpObject[] | null {
  if (!text.trimStart().startsWith('[')) return null
  try {
    const lists: unknown = JSON.parse(`[${text.trim().replace(/\]\s*\[/g, '],[')}]`)
    return (Array.isArray(lists) ? lists.flat() : []).filter(isObject)
  } catch (error) {
    throw new DataError('is broken JSON; it may be cut off', what, null, {cause: error})
  }
}

const word = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

/** `name value` where the value is there. */
const pair = (name: string, value: unknown): string[] => {
  const text = word(value)
  return text === null ? [] : [name, text]
}

const withLength = (address: unknown, length: unknown): string | null => {
  const text = word(address)
  return text === null ? null : length === undefined ? text : `${text}/${String(length)}`
}

/** `ip rule` as lines, whichever form it was captured in. */
export function ipRuleLines(text: string): string[] {
  const objects = ipObjects(text, 'ip rule')
  if (objects === null) return linesOf(text, /^\d+:\s/, 'ip rule')
  return objects.map((rule) => {
    const mark = word(rule['fwmark'])
    const words = [
      ...('not' in rule ? ['not'] : []),
      'from',
      withLength(rule['src'], rule['srclen']) ?? 'all',
      ...pair('to', withLength(rule['dst'], rule['dstlen'])),
      ...(mark === null ? [] : ['fwmark', rule['fwmask'] === undefined ? mark : `${mark}/${String(rule['fwmask'])}`]),
      ...pair('iif', rule['iif'] ?? rule['iifname']),
      ...pair('oif', rule['oif'] ?? rule['oifname']),
      ...['uidrange', 'ipproto', 'sport', 'dport', 'tos', 'tun_id', 'l3mdev', 'goto'].flatMap((name) =>
        name in rule ? [name] : [],
      ),
      ...('uid_start' in rule ? ['uidrange'] : []),
      ...pair('lookup', rule['table']),
      ...pair('suppress_prefixlength', rule['suppress_prefixlen']),
      ...(word(rule['action']) === null ? [] : [String(rule['action'])]),
    ]
    return `${String(rule['priority'])}:\t${words.join(' ')}`
  })
}

/** `ip route show table all` as lines, whichever form it was captured in; of several next hops the first is taken. */
export function ipRouteLines(text: string): string[] {
  const objects = ipObjects(text, 'ip route')
  if (objects === null) return linesOf(text, /^\S+/, 'ip route')
  return objects.map((route) => {
    const hops = Array.isArray(route['nexthops']) ? route['nexthops'].filter(isObject) : []
    const hop = hops[0] ?? route
    const type = word(route['type'])
    const words = [
      ...(type === null || type === 'unicast' ? [] : [type]),
      String(route['dst']),
      ...pair('via', hop['gateway'] ?? (isObject(hop['via']) ? hop['via']['host'] : undefined)),
      ...pair('dev', hop['dev']),
      ...pair('table', route['table']),
      ...pair('proto', route['protocol']),
      ...pair('scope', route['scope']),
      ...pair('src', route['prefsrc']),
      ...pair('metric', route['metric']),
      ...pair('pref', route['pref']),
    ]
    return words.join(' ')
  })
}

function linesOf(text: string, first: RegExp, what: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (/^</.test(text.trimStart()) || !lines.some((line) => first.test(line)))
    throw new DataError(`is not the output of ${what}`, what)
  return lines
}
