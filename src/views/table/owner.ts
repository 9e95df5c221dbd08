import {type Json, object, text} from './field.js'

/**
 * The Istio resource that a cluster or route was made from, as istioctl names it: `name.namespace` of
 * `/apis/networking.istio.io/v1/namespaces/<namespace>/<kind>/<name>`, `<unknown>` for other paths, empty where there is none.
 */
export function ownerName(resource: Json): string {
  const path = text(object(object(object(resource, 'metadata'), 'filter_metadata'), 'istio'), 'config')
  if (path === undefined || path === '') return ''
  if (!path.startsWith('/apis/networking.istio.io/')) return '<unknown>'
  const parts = path.split('/')
  return parts.length === 8 ? `${parts[7]}.${parts[5]}` : ''
}
