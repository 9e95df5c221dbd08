import {podIntent} from '../netfilter/check/pod-intent.js'
import type {PodFacts} from '../snapshot/snapshot.js'
import {istioRulesText} from '../trace/interception/istio-rules.js'

/** The rules that Istio writes for a pod by its annotations, and its command where it is known; null for a pod that it leaves alone. */
export function derivedRules(pod: PodFacts, command: string | null): Record<string, string> | null {
  if (pod.sidecar !== true || pod.role === 'router') return null
  const intent = podIntent(command, pod.annotations ?? {}, pod.interceptionMode ?? 'REDIRECT')
  if (intent === null || intent.mode === 'NONE') return null
  const version = pod.ip?.includes(':') === true ? 6 : 4
  const text = istioRulesText({intent, mode: intent.mode, version, nameServers: []})
  return {[version === 6 ? 'ip6tables-save.txt' : 'iptables-save.txt']: text}
}
