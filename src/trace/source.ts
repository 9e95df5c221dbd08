import type {Mesh} from './mesh.js'
import type {Place} from './place.js'
import type {Hop} from './trace.js'

/** The place that a hop was at; null for a host outside and for what the snapshot does not know. */
export function placeOf(mesh: Mesh, hop: Hop): Place | null {
  if (hop.place === 'node') return mesh.node(hop.node)
  return hop.pod === null ? null : mesh.pod(hop.pod)
}

const step = /\.([A-Za-z_]\w*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/y

/** The members' names and indexes of a JSONPath as our parsers write them; null for any other. */
export function stepsOf(path: string): (string | number)[] | null {
  if (!path.startsWith('$')) return null
  const steps: (string | number)[] = []
  for (let index = 1; index < path.length; ) {
    step.lastIndex = index
    const [text, name, position, quoted] = step.exec(path) ?? []
    if (text === undefined) return null
    index += text.length
    steps.push(position === undefined ? (name ?? unquote(quoted ?? '')) : Number(position))
  }
  return steps
}

/** The value at a JSONPath as our parsers write them; undefined where there is none. */
export function valueAt(document: unknown, path: string): unknown {
  let value: unknown = document
  for (const each of stepsOf(path) ?? [null])
    value = each === null ? undefined : typeof each === 'number' ? elementOf(value, each) : memberOf(value, each)
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
