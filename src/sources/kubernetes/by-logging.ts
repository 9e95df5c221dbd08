import {type JsonObject, numberAt, objectsAt, textAt} from './json.js'

/**
 * Orders pods as kubectl does where it takes one of several for its logs (podutils.ByLogging): on a node, running, ready, longest ready, most
 * restarts, oldest. Pods that have ended come last. Names decide what is equal, so that the answer does not hang on the server's order.
 */
export const byLogging = (a: JsonObject, b: JsonObject): number =>
  onNode(b) - onNode(a) ||
  phase(a) - phase(b) ||
  isReady(b) - isReady(a) ||
  earlier(readySince(a), readySince(b)) ||
  restarts(b) - restarts(a) ||
  earlier(textAt(a, 'metadata', 'creationTimestamp'), textAt(b, 'metadata', 'creationTimestamp')) ||
  ((textAt(a, 'metadata', 'name') ?? '') < (textAt(b, 'metadata', 'name') ?? '') ? -1 : 1)

const onNode = (pod: JsonObject): number => (textAt(pod, 'spec', 'nodeName') === undefined ? 0 : 1)

const phases = ['Running', 'Unknown', 'Pending']

function phase(pod: JsonObject): number {
  const index = phases.indexOf(textAt(pod, 'status', 'phase') ?? '')
  return index === -1 ? phases.length : index
}

const readyCondition = (pod: JsonObject): JsonObject | undefined =>
  objectsAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready')

const isReady = (pod: JsonObject): number => (textAt(readyCondition(pod), 'status') === 'True' ? 1 : 0)

const readySince = (pod: JsonObject): string | undefined =>
  isReady(pod) === 1 ? textAt(readyCondition(pod), 'lastTransitionTime') : undefined

/** RFC 3339 in UTC is ordered as text; no time counts as the latest. */
const earlier = (a = '~', b = '~'): number => (a < b ? -1 : a > b ? 1 : 0)

const restarts = (pod: JsonObject): number =>
  Math.max(0, ...objectsAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount') ?? 0))
