import {isJson, type Json, object, objects, text, typeName} from './field.js'
import {chainPort} from './filter-chain.js'

/** The destination ports that lead to a chain: that of its own conditions, or, where a matcher tree chooses the chains, those on the ways to it. */
export function matchedPorts(listener: Json, chain: Json): number[] {
  const tree = object(listener, 'filter_chain_matcher')
  if (tree === undefined) {
    const own = chainPort(chain)
    return own === null ? [] : [own]
  }
  return chain === object(listener, 'default_filter_chain') ? [] : portsTo(tree, text(chain, 'name') ?? '', null)
}

/** `port` is the one that is asked for on the way to this part of the tree; null where none is. */
function portsTo(matcher: Json, name: string, port: number | null): number[] {
  const tree = object(matcher, 'matcher_tree')
  const isPort = typeName(object(object(tree, 'input'), 'typed_config')).endsWith('.DestinationPortInput')
  const exact = Object.entries(object(object(tree, 'exact_match_map'), 'map') ?? {})
  const prefix = Object.values(object(object(tree, 'prefix_match_map'), 'map') ?? {})
  const custom = object(object(tree, 'custom_match'), 'typed_config')
  const others = [
    ...prefix,
    ...[custom, object(matcher, 'matcher_list')].flatMap((list) =>
      ['range_matchers', 'domain_matchers', 'matchers'].flatMap((member) =>
        objects(list, member).map((entry) => object(entry, 'on_match')),
      ),
    ),
    object(matcher, 'on_no_match'),
  ]
  return [
    ...exact.flatMap(([key, onMatch]) => follow(onMatch, name, isPort ? Number(key) : port)),
    ...others.flatMap((onMatch) => follow(onMatch, name, port)),
  ]
}

function follow(onMatch: unknown, name: string, port: number | null): number[] {
  if (!isJson(onMatch)) return []
  const inner = object(onMatch, 'matcher')
  if (inner) return portsTo(inner, name, port)
  return port !== null && matcherAction(object(onMatch, 'action')) === name ? [port] : []
}

/** The chain that an action of a matcher tree names: a StringValue, or the action's own name. */
export function matcherAction(action: Json | undefined): string {
  const value = object(action, 'typed_config')?.['value']
  return typeof value === 'string' ? value : (text(action, 'name') ?? '')
}
