import {objects, string, strings} from '../../parse/field.js'
import {withNote} from '../passage.js'
import {goOn, type HttpFilter, settings} from './http-filter.js'

/** Filters that watch, count, compress or label, and let every request go on as it is. */
export const passThrough: HttpFilter = (_, passage) => goOn(passage)

/** Filters that may change what goes upstream, though not where it goes: said in a note. */
export const noted =
  (kind: string, text: string): HttpFilter =>
  ({filter, situation}, passage) =>
    goOn(situation.explain ? withNote(passage, {kind, text, at: filter.at}) : passage)

/** Istio's ALPN filter: which protocols the upstream connection offers, by the protocol that the cluster is spoken in. */
export const istioAlpn: HttpFilter = (call, passage) => {
  if (!call.situation.explain) return goOn(passage)
  const {raw, at} = settings(call)
  const texts = objects(raw, 'alpn_override').map(
    (override) =>
      `${string(override, 'upstream_protocol') ?? 'HTTP10'}: ${strings(override, 'alpn_override').join(', ')}`,
  )
  return goOn(withNote(passage, {kind: 'alpn', text: texts.join('; '), at}))
}
