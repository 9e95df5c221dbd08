import type {Mesh} from './mesh.js'
import type {Place} from './place.js'
import type {Hop} from './trace.js'

/** The place that a hop was at; null for a host outside and for what the snapshot does not know. */
export function placeOf(mesh: Mesh, hop: Hop): Place | null {
  if (hop.place === 'node') return mesh.node(hop.node)
  return hop.pod === null ? null : mesh.pod(hop.pod)
}

const step = /\.([A-Za-z_]\w*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/y

/** The value at a JSONPath as our parsers write them: member names and indexes alone; undefined where there is none. */
export function valueAt(document: unknown, path: string): unknown {
  if (!path.startsWith('$')) return undefined
  let [value, index]: [unknown, number] = [document, 1]
  while (index < path.length) {
    step.lastIndex = index
    const [text, name, position, quoted] = step.exec(path) ?? []
    if (text === undefined) return undefined
    index += text.length
    value = position === undefined ? memberOf(value, name ?? unquote(quoted ?? '')) : elementOf(value, Number(position))
  }
  return value
}

const unquote = (text: string): string => text.replace(/\\(.)/g, '$1')

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined

const elementOf = (value: unknown, index: number): unknown => (Array.isArray(value) ? value[index] : undefined)

/** The configuration behind a step: a part of the hop's dump, or the text of a rule. */
export function sourceOf(mesh: Mesh, hop: Hop, at: string): unknown {
  const place = placeOf(mesh, hop)
  if (place === null) return undefined
  return at.startsWith('$') ? valueAt(place.document, at) : ruleOf(place, at)?.text
}

const ruleOf = (place: Place, name: string) =>
  place.rulesets
    .flatMap(({tables}) => tables)
    .flatMap(({chains}) => chains)
    .flatMap(({rules}) => rules)
    .find((rule) => rule.name === name)

/** The counters of the rules that a hop met, as captured. */
export function countersOf(mesh: Mesh, hop: Hop): {name: string; text: string}[] {
  const place = placeOf(mesh, hop)
  if (place === null || (hop.place !== 'netns' && hop.place !== 'node')) return []
  return hop.rules.flatMap((name) => {
    const counters = ruleOf(place, name)?.counters
    return counters ? [{name, text: `${counters.packets} packets, ${counters.bytes} bytes`}] : []
  })
}
