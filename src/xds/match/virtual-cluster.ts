import {type JsonObject, objects, string} from '../parse/field.js'
import {compileHeaderMatcher, type HeaderMatcher} from './header-matcher.js'
import type {RoutedRequest} from './routed-request.js'

interface VirtualCluster {
  name: string
  headers: HeaderMatcher[]
}

const compiled = new WeakMap<JsonObject, VirtualCluster[]>()

/** The virtual cluster whose statistics count the request; `other` where a host has some and none fits, null without any. */
export function virtualClusterOf(host: JsonObject, request: RoutedRequest, joinsHeaders: boolean): string | null {
  let clusters = compiled.get(host)
  if (!clusters) {
    clusters = objects(host, 'virtual_clusters').map((raw) => ({
      name: string(raw, 'name') ?? '',
      headers: objects(raw, 'headers').map((matcher) => compileHeaderMatcher(matcher, joinsHeaders)),
    }))
    compiled.set(host, clusters)
  }
  if (clusters.length === 0) return null
  return clusters.find(({headers}) => headers.every((matcher) => matcher.judge(request) === true))?.name ?? 'other'
}
