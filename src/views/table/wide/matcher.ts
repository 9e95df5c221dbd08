import {isJson, type Json, object, objects, text} from '../field.js'
import {matcherAction} from '../matched-ports.js'

/** The ways through a matcher tree that end in the action called `name`: `destination_port=443 > server_name=a.com`. */
export function matcherPaths(matcher: Json, name: string): string[] {
  return walk(matcher, [], name).map((steps) => (steps.length === 0 ? 'any' : steps.join(' > ')))
}

function walk(matcher: Json, above: readonly string[], name: string): string[][] {
  const tree = object(matcher, 'matcher_tree')
  const list = object(matcher, 'matcher_list')
  const otherwise = object(matcher, 'on_no_match')
  return [
    ...(tree ? branches(tree).flatMap(({key, onMatch}) => follow(onMatch, [...above, key], name)) : []),
    ...objects(list, 'matchers').flatMap((field, index) => {
      const onMatch = object(field, 'on_match')
      return onMatch ? follow(onMatch, [...above, `condition ${index}`], name) : []
    }),
    ...(otherwise ? follow(otherwise, tree || list ? [...above, 'otherwise'] : above, name) : []),
  ]
}

function follow(onMatch: Json, steps: readonly string[], name: string): string[][] {
  const inner = object(onMatch, 'matcher')
  if (inner) return walk(inner, steps, name)
  return matcherAction(object(onMatch, 'action')) === name ? [[...steps]] : []
}

/** The branches of a tree: maps by exact or prefix key, or a custom match by ranges and server names. */
function branches(tree: Json): {key: string; onMatch: Json}[] {
  const input = (text(object(tree, 'input'), 'name') ?? 'input').split('.').at(-1) ?? ''
  const maps = [
    {map: object(object(tree, 'exact_match_map'), 'map'), sign: '='},
    {map: object(object(tree, 'prefix_match_map'), 'map'), sign: '^='},
  ]
  const keyed = maps.flatMap(({map, sign}) =>
    Object.entries(map ?? {}).flatMap(([key, onMatch]) =>
      isJson(onMatch) ? [{key: `${input}${sign}${key}`, onMatch}] : [],
    ),
  )
  return [...keyed, ...customBranches(object(object(tree, 'custom_match'), 'typed_config'), input)]
}

function customBranches(config: Json | undefined, input: string): {key: string; onMatch: Json}[] {
  const groups = [...objects(config, 'range_matchers'), ...objects(config, 'domain_matchers')]
  return groups.flatMap((group) => {
    const onMatch = object(group, 'on_match')
    const values = [...objects(group, 'ranges').map(rangeText), ...domainsOf(group)]
    return onMatch ? [{key: `${input}=${values.join(',')}`, onMatch}] : []
  })
}

const domainsOf = (group: Json): string[] => {
  const domains = group['domains']
  return Array.isArray(domains) ? domains.map(String) : []
}

function rangeText(range: Json): string {
  const prefix = range['prefix_len'] ?? range['prefixLen']
  return `${text(range, 'address_prefix') ?? ''}${prefix === undefined ? '' : `/${String(prefix)}`}`
}
