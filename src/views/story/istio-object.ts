import type {CaptureFacts} from './story.js'

/** `virtual-service` as Kubernetes spells it: `VirtualService`. */
const kindName = (words: string): string =>
  words
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined

/**
 * The object that Istio says a resource was made from: metadata.filter_metadata.istio.config, such as
 * `/apis/networking.istio.io/v1/namespaces/default/virtual-service/reviews`. Null where it says nothing.
 */
export function istioObject(resource: unknown): string | null {
  const istio = member(member(member(resource, 'metadata'), 'filter_metadata'), 'istio')
  const config = member(istio, 'config')
  const parts = typeof config === 'string' ? /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(config) : null
  if (parts === null) return null
  const [, namespace = '', kind = '', name = ''] = parts
  return `${kindName(kind)} ${namespace}/${name}`
}

/** An object with the file that the capture keeps it in: `VirtualService default/reviews (objects/VirtualService/default/reviews.json)`. */
export function withFile(object: string, facts: CaptureFacts): string {
  const [kind = '', name = ''] = object.split(' ')
  const file = facts.objectFile?.(kind, name) ?? null
  return file === null ? object : `${object} (${file})`
}
