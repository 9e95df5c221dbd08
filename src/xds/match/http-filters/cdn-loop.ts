import {number, string} from '../../parse/field.js'
import {headerValues} from '../routed-request.js'
import {goOn, type HttpFilter, reply, settings} from './http-filter.js'

/** RFC 8586: `cdn-id *( OWS ";" OWS parameter )`, where the id is a host with a port, or a token. */
const info = /^[ \t]*([A-Za-z0-9!#$%&'*+\-.^_`|~:[\]]+)((?:[ \t]*;[ \t]*[^\s;,="]+=(?:"[^"]*"|[^\s;,"]+))*)[ \t]*$/
const isId = (text: string): boolean => !/[[\]]/.test(text) || /^\[[0-9A-Fa-f:.]+\](?::\d+)?$/.test(text)

/** cdn_loop: a request that came by this CDN too often is refused. */
export const cdnLoop: HttpFilter = (call, passage) => {
  const {raw} = settings(call)
  const [own, allowed] = [string(raw, 'cdn_id') ?? '', number(raw, 'max_allowed_occurrences') ?? 0]
  const elements = headerValues(passage.request, 'cdn-loop')
    .flatMap((value) => value.split(','))
    .filter((element) => element.trim() !== '')
  const ids = elements.map((element) => info.exec(element)?.[1] ?? '')
  if (!ids.every((id) => id !== '' && isId(id))) return [reply(passage, 400, '-', 'invalid_cdn_loop_header')]
  const times = ids.filter((id) => id === own).length
  return times > allowed ? [reply(passage, 502, '-', 'cdn_loop_detected')] : goOn(passage)
}
