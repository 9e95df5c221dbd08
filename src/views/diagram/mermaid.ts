import type {Trace} from '../../trace/trace.js'
import {printableLine} from '../printable.js'
import {sharePercent} from '../story/share.js'
import {type CaptureFacts, type HopStory, noFacts, type PlaceStory} from '../story/story.js'
import {tellTrace} from '../story/tell-trace.js'
import {lineText} from '../styled.js'
import {shorten} from '../wrap.js'

/** Text inside a quoted Mermaid label: quotes and angle brackets as entities, and no Markdown or directives. */
export const label = (text: string): string =>
  printableLine(text)
    .replaceAll('&', '#amp;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll('`', '#96;')

/** Characters of a line in a box; Mermaid breaks it further. */
const longestLine = 72

/** A hop drawn once, however many branches go through it. */
interface Node {
  id: string
  place: string
  text: string
  failed: boolean
}

interface Edge {
  from: string
  to: string
  text: string | null
}

const hopText = (hop: HopStory): string => {
  const told = hop.sentences.filter(({minor}) => !minor)
  const shown = hop.failed ? told.slice(-1) : told.slice(-3)
  const names = hop.sentences.find(({beside}) => beside !== null && /:rule:/.test(beside))?.beside ?? null
  return [
    `${hop.failed ? 'x ' : ''}${hop.number} ${hop.label}`,
    ...shown.map(({what}) => shorten(lineText(what), longestLine)),
    ...(names === null ? [] : [names]),
  ]
    .map(label)
    .join('<br/>')
}

const placeKey = (place: PlaceStory, index: number, path: string): string => `${path}/${index} ${place.name}`

/** The ways as a tree: what several branches share from the beginning is one. */
function collect(trace: Trace, facts: CaptureFacts): {nodes: Node[]; edges: Edge[]; places: Map<string, string>} {
  const nodes = new Map<string, Node>()
  const edges = new Map<string, Edge>()
  const places = new Map<string, string>()
  const story = tellTrace(trace, facts)
  for (const branch of story.branches) {
    let path = ''
    let before: Node | null = null
    branch.places.forEach((place, index) => {
      const key = placeKey(place, index, path)
      places.set(key, place.role === '' ? place.name : `${place.name} (${place.role})`)
      for (const hop of place.hops) {
        const text = hopText(hop)
        // Whole sentences: what is shortened in the picture may differ in what was left out.
        path = `${path}/${hop.number} ${hop.sentences.map(({what, beside}) => `${lineText(what)} ${beside}`).join('; ')}`
        const node: Node = nodes.get(path) ?? {id: `h${nodes.size + 1}`, place: key, text, failed: hop.failed}
        nodes.set(path, node)
        if (before !== null) edges.set(`${before.id} ${node.id}`, {from: before.id, to: node.id, text: null})
        before = node
      }
    })
    const end: Node = {
      id: `e${nodes.size + 1}`,
      place: '',
      text: label(branch.ending),
      failed: branch.branch.outcome.kind !== 'delivered',
    }
    nodes.set(`${path}/end`, end)
    const last: Node | null = before
    if (last !== null)
      edges.set(`${(last as Node).id} ${end.id}`, {
        from: (last as Node).id,
        to: end.id,
        text: sharePercent(branch.branch.probability),
      })
  }
  return {nodes: [...nodes.values()], edges: [...edges.values()], places}
}

/** The trace as a Mermaid flow chart: a box for each place, a numbered step for each hop, branches with their shares. */
export function renderMermaid(trace: Trace, facts: CaptureFacts = noFacts): string {
  const {nodes, edges, places} = collect(trace, facts)
  const boxes = [...places].flatMap(([key, title], index) => {
    const inside = nodes.filter(({place}) => place === key)
    if (inside.length === 0) return []
    return [
      `  subgraph p${index + 1}["${label(title)}"]`,
      ...inside.map(({id, text}) => `    ${id}["${text}"]`),
      '  end',
    ]
  })
  const ends = nodes.filter(({place}) => place === '')
  const failed = nodes.filter((node) => node.failed).map(({id}) => id)
  return `${[
    'flowchart LR',
    ...boxes,
    ...ends.map(({id, text}) => `  ${id}(["${text}"])`),
    ...edges.map(({from, to, text}) => `  ${from} ${text === null ? '-->' : `-- "${text}" -->`} ${to}`),
    ...(failed.length === 0
      ? []
      : ['  classDef failed stroke:#d32f2f,stroke-width:3px', `  class ${failed.join(',')} failed`]),
  ].join('\n')}\n`
}
