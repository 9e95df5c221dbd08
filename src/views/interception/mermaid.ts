import type {InterceptedWay, InterceptionComparison} from '../../trace/interception/compare.js'
import {label} from '../diagram/mermaid.js'
import {endText} from './facts.js'
import {stationsOf} from './stations.js'

/** A flow chart with a box for each way: its processes, and on the arrows what each connection costs. */
export const renderInterceptionMermaid = ({ways}: InterceptionComparison): string =>
  `${['flowchart LR', ...ways.flatMap((way, index) => boxOf(way, `w${index + 1}`))].join('\n')}\n`

function boxOf(way: InterceptedWay, id: string): string[] {
  const {figures, mode} = way
  const title = `${mode}: ${endText(way)}, ${figures.stackPasses} stack passes, ${figures.conntrack} conntrack entries`
  const stations = stationsOf(way)
  const nodes = stations.map(({name, kind}, index) => {
    const text = label(name)
    return `    ${id}s${index}${kind === 'proxy' ? `(["${text}"])` : `["${text}"]`}`
  })
  const edges = figures.connections.slice(0, stations.length - 1).map(({stackPasses, conntrack, handedOver}, index) => {
    const cost = handedOver ? 'socket to socket' : `${stackPasses} passes`
    const words = label(`${cost}, ${conntrack} conntrack`)
    return `    ${id}s${index} ${handedOver ? `-. "${words}" .->` : `-- "${words}" -->`} ${id}s${index + 1}`
  })
  return [`  subgraph ${id}["${label(title)}"]`, '    direction LR', ...nodes, ...edges, '  end']
}
