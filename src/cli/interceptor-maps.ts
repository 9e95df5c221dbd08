import {readAnswer} from '../ebpf/parse/json.js'
import {readMap} from '../ebpf/parse/listing.js'
import {recogniseMaps} from '../ebpf/parse/recognise.js'

/** Programs of a mesh interceptor have maps of known shapes; no other map of the node is read. */
export function interceptorMaps(_programs: string, maps: string): number[] {
  const answer = readAnswer(maps)
  if (answer.kind !== 'list') return []
  return recogniseMaps(answer.items.flatMap(readMap)).flatMap(({id, role}) => (role === null ? [] : [id]))
}
