import {SourceError} from '../../../errors.js'
import {type JsonObject, objectsAt, textAt, textsAt} from '../json.js'
import type {RulesWay} from './way.js'

/** The log of the container that made the rules: as they were when it ended. */
export const fromInitLog: RulesWay = async ({cluster, pod, object, where}) => {
  const init = rulesContainer(object)
  if (init === null) throw new SourceError('unreachable', 'has no init container that made netfilter rules', where)
  const name = textAt(init, 'name') ?? ''
  const log = await cluster.logs(pod, name)
  if (!/^\s*\*\s?\w+/m.test(log))
    throw new SourceError('unreachable', `the log of ${name} holds no rules`, where, 'It may have been rotated away')
  return {
    files: {'iptables-save.txt': log, 'istio-iptables.log': log, 'istio-iptables.cmd': commandOf(init)},
    way: `from the log of its init container ${name}, as they were when it ended`,
    warnings: [],
  }
}

/** The command by which the pod's rules are made, where an init container makes them. */
export function rulesCommand(pod: JsonObject): string | null {
  const init = rulesContainer(pod)
  return init === null ? null : commandOf(init)
}

/** Istio's init container, by its name or by the program that it runs. */
const rulesContainer = (pod: JsonObject): JsonObject | null =>
  objectsAt(pod, 'spec', 'initContainers').find(
    (container) => textAt(container, 'name') === 'istio-init' || wordsOf(container).includes('istio-iptables'),
  ) ?? null

const wordsOf = (container: JsonObject): string[] => [...textsAt(container, 'command'), ...textsAt(container, 'args')]

/** As a shell would be told it, from the program's name on, each argument quoted. */
function commandOf(container: JsonObject): string {
  const words = wordsOf(container)
  const asked = words.slice(Math.max(0, words.indexOf('istio-iptables')))
  const quoted = asked.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
  return ['pilot-agent', ...quoted].join(' ')
}
