import {isJson, type Json, object, objects, typeName} from '../../table/field.js'

/** An entry of a list of a section, and its place in the dump. */
export interface Entry {
  list: string
  entry: Json
  at: string
}

/** The sections of a dump that have this type. */
function* sectionsOf(dump: unknown, type: string): Generator<{section: Json; at: string}> {
  const configs = isJson(dump) ? dump['configs'] : undefined
  if (!Array.isArray(configs)) return
  for (const [index, section] of configs.entries())
    if (isJson(section) && typeName(section).endsWith(`.${type}`)) yield {section, at: `$.configs[${index}]`}
}

/** The entries of the named lists, list by list, in every section of that type. */
export function entriesOf(dump: unknown, type: string, lists: readonly string[]): Entry[] {
  return [...sectionsOf(dump, type)].flatMap(({section, at}) =>
    lists.flatMap((list) =>
      objects(section, list).map((entry, index) => ({list, entry, at: `${at}.${list}[${index}]`})),
    ),
  )
}

/** The resource inside an entry, one or two members down. */
export function inside({entry, at}: Entry, ...path: string[]): {json: Json; at: string} | null {
  let json: Json | undefined = entry
  for (const name of path) json = object(json, name)
  return json === undefined ? null : {json, at: [at, ...path].join('.')}
}
