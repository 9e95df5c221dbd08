import type {RequestEdit} from '../../trace/request-edit.js'
import type {WhyNot} from '../../trace/why-not.js'
import {printableLine} from '../printable.js'
import {rpcUrl} from '../rpc-url.js'
import {sharePercent} from '../story/share.js'

/** How many changes are told; the smallest come first. */
const told = 5

/** Why a request does not reach a target, and the smallest changes that would. */
export function renderWhyNotText({target, share, changes, walked, trace}: WhyNot): string {
  const {url, tcp, rpc} = trace.request
  const asked = rpc ? rpcUrl(rpc) : (url ?? tcp?.dst ?? '')
  if (share > 0) return `${printableLine(`${asked} reaches ${target}: ${sharePercent(share)} of such requests`)}\n`
  const head = `${asked} does not reach ${target}`
  if (changes.length === 0)
    return `${printableLine(head)}\nNo change of one or two parts of the request was found that would (${walked} requests were walked).\n`
  const ways = changes.slice(0, told).map((change) => {
    const certain = change.share > 0.999 ? '' : `  (${sharePercent(change.share)} of such requests)`
    return printableLine(`  ${change.edits.map(sayEdit).join(', and ')}${certain}`)
  })
  const more = changes.length > told ? [`  and ${changes.length - told} more (-o json)`] : []
  return `${[printableLine(head), 'It would, with', ...ways, ...more].join('\n')}\n`
}

function sayEdit(edit: RequestEdit): string {
  switch (edit.kind) {
    case 'header':
      return `the header ${edit.name}: ${edit.value}`
    case 'without header':
      return `no header ${edit.name}`
    case 'path':
      return `the path ${edit.path}`
    case 'query':
      return `the query ${edit.name}=${edit.value}`
    case 'method':
      return `the method ${edit.method}`
    case 'host':
      return `the host ${edit.host}`
    case 'port':
      return `the port ${edit.port}`
    case 'client':
      return `${edit.pod} as the client`
  }
}
